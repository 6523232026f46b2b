// SPDX-License-Identifier: MIT
// Agents whose network damages what they say inside well-formed messages: a run ends, with a result or an Error that
// says why not, whatever they say. Other seeds: --gtest_shuffle --gtest_random_seed=N.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <optional>

#include "conformance/conformance_problems.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"
#include "entente/base/random.hpp"
#include "runtime/remote_cycle_messages.hpp"
#include "runtime/remote_event_messages.hpp"
#include "runtime/remote_factor_messages.hpp"
#include "runtime/rest_tree.hpp"
#include "solve/remote_support.hpp"

namespace entente {
namespace {

using runtime::CycleBatch;
using runtime::EventBatch;
using runtime::FactorBatch;
using runtime::RemoteBytes;

constexpr std::uint32_t agents = 3, runs = 60;

/// Damages what it is shown, and remembers some of it to say it again.
class Damage {
 public:
  Damage(std::uint64_t seed, std::uint32_t computations) : random_(seed), computations_(computations) {
    const double rates[] = {0.05, 0.3, 1};
    rate_ = rates[random_.below(3)];
    unharmed_ = std::uint64_t(std::exp((random_.below(2) ? 3 : 6.5) * random_.uniform())) - 1;
    left_ = 1 + random_.below(6);
  }
  std::size_t done() const { return done_; }

  Content of(const Content& content) {
    if (const auto* const events = content.get<EventBatch>()) return events_of(*events);
    if (const auto* const cycles = content.get<CycleBatch>()) return cycles_of(*cycles);
    const auto* const factors = content.get<FactorBatch>();
    if (!factors) return report_of(content);
    if (!strikes()) return content;
    FactorBatch changed = *factors;
    if (random_.below(4) == 0 && !changed.values.empty())
      changed.values[random_.below(changed.values.size())] = std::int32_t(integer());
    else
      distort(changed.numbers, 0, changed.numbers.size());
    return changed;
  }

 private:
  /// A few times, after a while.
  bool strikes() {
    if (unharmed_ > 0) return --unharmed_, false;
    const bool now = left_ > 0 && random_.uniform() < rate_;
    left_ -= now;
    done_ += now;
    return now;
  }
  std::uint32_t integer() {
    const std::uint32_t list[] = {0, 1, 2, 3, 7, 255, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    return list[random_.below(std::size(list))];
  }
  double number() {
    const double list[] = {0, -1, 1, 0.5, 1e308, -1e308, 5e-324, INFINITY, -INFINITY, NAN};
    return list[random_.below(std::size(list))];
  }
  template <class T>
  void put(RemoteBytes& bytes, std::size_t at, std::size_t end, T value) const {
    if (at + sizeof value <= end) std::memcpy(bytes.data() + at, &value, sizeof value);
  }
  /// Changes some of the bytes, which stay as many.
  void distort(RemoteBytes& bytes, std::size_t begin, std::size_t end) {
    for (std::uint64_t k = 1 + random_.below(2); k > 0 && begin < end; --k) {
      const std::size_t size = end - begin, four = begin + random_.below(size) / 4 * 4;
      switch (random_.below(4)) {
        case 0: bytes[begin + random_.below(size)] = std::uint8_t(random_.below(256)); break;
        case 1: put(bytes, four, end, integer()); break;
        case 2: put(bytes, four, end, std::uint32_t(random_.below(8))); break;
        default: put(bytes, four, end, number()); break;
      }
    }
  }
  /// Makes a vector longer or shorter, if there is one where it looks.
  void stretch(RemoteBytes& bytes) {
    for (int attempt = 0; attempt < 20 && bytes.size() >= 4; ++attempt) {
      const std::size_t at = random_.below(bytes.size() - 3), element = random_.below(2) ? 4 : 8;
      std::uint32_t length = 0;
      std::memcpy(&length, bytes.data() + at, sizeof length);
      const std::size_t first = at + sizeof length;
      if (length > bytes.size() || first + length * element > bytes.size()) continue;
      const auto here = bytes.begin() + std::ptrdiff_t(first);
      if (random_.below(2)) {
        bytes.insert(here, element, std::uint8_t(random_.below(3)));
        ++length;
      } else if (length > 0) {
        const std::uint32_t fewer = random_.below(2) ? 1 : length;
        bytes.erase(here, here + std::ptrdiff_t(fewer * element));
        length -= fewer;
      }
      put(bytes, at, bytes.size(), length);
      return;
    }
  }

  /// What agents tell their coordinator, and each other of coming to rest.
  Content report_of(const Content& content) {
    const bool one = content.holds<runtime::EventNews>() || content.holds<runtime::EventLast>() ||
                     content.holds<runtime::CycleEntries>() || content.holds<runtime::FactorEntries>() ||
                     content.holds<runtime::RemoteRest>();
    if (!one || random_.below(4) > 0 || !strikes()) return content;
    std::vector<std::byte> bytes;
    content.encode(bytes);
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    RemoteBytes changed(begin, begin + bytes.size());
    if (random_.below(2))
      stretch(changed);
    else
      distort(changed, 0, changed.size());
    static const ContentTypes types = [] {
      ContentTypes all;
      add_remote_messages(all);
      return all;
    }();
    try {
      return types.decode(content.type_name(), content.type_version(), std::as_bytes(std::span(changed)));
    } catch (const Error&) {
      return content;  // a carrier would refuse it
    }
  }

  Content events_of(EventBatch batch) {
    const std::size_t count = batch.items.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (said_.size() < 200) said_.push_back(batch.items[i]);
      if (!strikes()) continue;
      EventBatch::Item item = batch.items[i];
      switch (random_.below(8)) {
        case 0: batch.items.push_back(item); break;
        case 1:  // what somebody said before, to the same or another
        case 2:
          item = said_[random_.below(said_.size())];
          if (random_.below(2)) item.to = batch.items[i].to;
          if (random_.below(2)) item.from = batch.items[i].from;
          batch.items.push_back(item);
          break;
        case 3:  // another kind
          item.kind = std::uint32_t(random_.below(random_.below(2) ? 6 : 20));
          if (random_.below(2)) item.message.clear();
          batch.items.push_back(item);
          break;
        case 4: std::swap(batch.items[i], batch.items[random_.below(count)]); break;
        case 5:
        case 6: stretch(batch.items[i].message); break;
        default: distort(batch.items[i].message, 0, item.message.size()); break;
      }
      // Another computation of the same agent, which host them in turn.
      std::uint32_t& from = batch.items[i].from;
      if (random_.below(8) == 0) from = from + agents < computations_ ? from + agents : from % agents;
    }
    return batch;
  }
  /// Behind a header of 12 bytes, of which the 4 from the 8th on say how long it is, a body.
  Content cycles_of(CycleBatch batch) {
    RemoteBytes& bytes = batch.messages;
    for (std::size_t at = 0; at + 12 <= bytes.size();) {
      std::uint16_t size = 0;
      std::memcpy(&size, bytes.data() + at + 8, sizeof size);
      const std::size_t end = std::min(at + 12 + size, bytes.size());
      if (strikes()) distort(bytes, at + 12, end);
      at = end;
    }
    return batch;
  }

  Random random_;
  std::uint32_t computations_;
  double rate_ = 0;  // of damaged messages, from the first on
  std::uint64_t unharmed_ = 0, left_ = 0, done_ = 0;
  std::vector<EventBatch::Item> said_;
};

/// An agent that hears what others say damaged.
class Deceived final : public Participant {
 public:
  Deceived(std::unique_ptr<Participant> agent, Damage& damage) : agent_(std::move(agent)), damage_(damage) {}
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    agent_->on_message(carrier, damage_.of(content), meta);
  }

 private:
  const std::unique_ptr<Participant> agent_;
  Damage& damage_;
};

class DeceivedLead final : public Coordinator {
 public:
  DeceivedLead(Coordinator& lead, Damage& damage) : lead_(lead), damage_(damage) {}
  Task<Content> start_optimization(Carrier& carrier, Content start, Meta meta) override {
    return lead_.start_optimization(carrier, std::move(start), std::move(meta));
  }
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    lead_.on_message(carrier, damage_.of(content), meta);
  }

 private:
  Coordinator& lead_;
  Damage& damage_;
};

class HostileCrew final : public testing::NetworkCrew<InProcessNetwork> {
 public:
  explicit HostileCrew(Damage& damage) : NetworkCrew(InProcessOptions()), damage_(damage) {}
  std::vector<Address> assemble(const std::vector<std::string>& names) override {
    std::vector<Address> addresses;
    for (const std::string& name : names) {
      RemoteAgentOptions options;
      options.name = name;
      agents.push_back(std::make_unique<Deceived>(make_remote_agent(options), damage_));
      addresses.push_back(network.join(*agents.back()));
    }
    return addresses;
  }
  Content lead(Coordinator& coordinator, Content start) override {
    lead_.emplace(coordinator, damage_);
    return NetworkCrew::lead(*lead_, std::move(start));
  }

 private:
  Damage& damage_;
  std::optional<DeceivedLead> lead_;
};

class HostileBodies : public ::testing::TestWithParam<std::pair<std::string, std::vector<Setting>>> {};

TEST_P(HostileBodies, EndARunWithAResultOrAReason) {
  const auto& [name, settings] = GetParam();
  const Algorithm& algorithm = find_algorithm(name);
  auto shapes = testing::shapes();
  shapes.push_back({.variables = 14, .degree = 1.5, .own_costs = 0.3});
  const std::uint64_t first = std::uint64_t(::testing::UnitTest::GetInstance()->random_seed()) << 20;
  std::size_t damaged = 0, refused = 0;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    const Problem problem = testing::problem_for(algorithm, shapes[seed % shapes.size()], seed);
    Damage damage(seed, problem.variable_count());
    HostileCrew crew(damage);
    SolveRequest request;
    request.algorithm = name;
    request.parameters = settings;
    request.seed = seed;
    request.stop_cycle = 20;
    request.timeout = 0.2;  // two agents may have been told to talk for ever
    request.crew = &crew;
    request.distribution = testing::in_turn(problem, algorithm.info.graph == Graph::factor, agents);
    try {
      const Outcome outcome = solve(problem, request);
      for (VariableId v = 0; v < outcome.assignment.size(); ++v) {
        EXPECT_GE(outcome.assignment[v], 0) << "seed " << seed;
        EXPECT_LT(outcome.assignment[v], problem.domain_size(v)) << "seed " << seed;
      }
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == ErrorCode::bad_input || error.code() == ErrorCode::too_large)
          << "seed " << seed << ": " << error.what();
      EXPECT_GT(damage.done(), 0u) << "seed " << seed << ": " << error.what();
      ++refused;
    }
    damaged += damage.done();
  }
  EXPECT_GT(damaged, runs / 6);
  EXPECT_GT(refused, 0u);
  EXPECT_LT(refused, runs);
  RecordProperty("damaged", int(damaged));
  RecordProperty("refused", int(refused));
}

auto every() {
  std::vector<std::pair<std::string, std::vector<Setting>>> list;
  for (const Algorithm& algorithm : algorithm_table()) list.push_back({std::string(algorithm.info.name), {}});
  list.push_back({"optapo", {{"mode", "classic"}}});
  list.push_back({"mb_dpop", {{"max_dim", "1"}}});
  list.push_back({"kopt", {{"k", "3"}}});
  return list;
}
INSTANTIATE_TEST_SUITE_P(Every, HostileBodies, ::testing::ValuesIn(every()), [](const auto& info) {
  return info.param.first + (info.param.second.empty() ? "" : "_" + info.param.second[0].second);
});

}  // namespace
}  // namespace entente
