// SPDX-License-Identifier: MIT
// The coordinator's side of a synchronous run.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "entente/base/error.hpp"
#include "kernel/own_costs.hpp"
#include "runtime/cycle_books.hpp"
#include "runtime/cycle_engine_parts.hpp"
#include "runtime/cycle_ledger.hpp"
#include "runtime/remote_cycle_messages.hpp"
#include "runtime/remote_cycles.hpp"

namespace entente::runtime {

namespace {

class CycleLead final : public RemoteLead {
 public:
  CycleLead(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
            std::span<const Setting> settings, const RunControl& control, const RemoteShare& share)
      : problem_(problem),
        types_(algorithm.populate(0, settings)),
        width_(costs.value_bytes()),
        phases_(algorithm.phases),
        own_(types_->owns_costs() ? std::make_unique<kernel::OwnCosts>(costs) : nullptr),
        ledger_(problem, costs, own_ ? own_->truth() : costs.tables(), *types_, control),
        books_(problem.variable_count(), phases_, width_),
        window_(cycle_window(problem.variable_count())),
        allowed_(window_),
        parts_(share.agents) {
    for (ComputationId i = 0; i < share.agent_of.size(); ++i) parts_[share.agent_of[i]].mine.push_back(i);
    for (const MessageInfo& message : types_->messages()) tells_values_ |= message.value;
  }

  void take(std::uint32_t part, const Content& report) override {
    for (const CycleEntry& entry : report.as<CycleEntries>().entries) enter(part, entry);
    if (begun_ < parts_.size()) return;
    if (begun_ == parts_.size()) {
      ++begun_;  // once
      ledger_.begin(std::move(books_.before()));
    }
    while (!end_ && books_.complete()) end_ = ledger_.close(books_.close());
  }
  void look_around(const Tell& tell) override {
    if (end_ || ledger_.cycles() + window_ < allowed_ + window_ / 4) return;
    allowed_ = ledger_.cycles() + window_;
    tell(every_agent, {RemoteOrder::Kind::limit, allowed_, 0, {}});
  }
  std::optional<RunEnd> over() const override { return end_; }
  void conclude(RunEnd end, RunResult& result) override {
    ledger_.conclude(result);
    result.end = end_.value_or(end);
  }

 private:
  struct Part {
    std::vector<ComputationId> mine;
    std::uint64_t entries = 0;  ///< So many came; the first says what was before cycle 0.
    RemoteBytes values;         ///< What it last told.
    std::uint64_t finished = 0;
  };

  void enter(std::uint32_t number, const CycleEntry& entry) {
    Part& part = parts_[number];
    check(part, number, entry);
    const bool before = part.entries++ == 0;
    if (before) ++begun_;
    if (end_) return;
    if (!entry.values.empty()) part.values = entry.values;
    add(part, entry, before ? books_.before() : books_.book(part.entries - 2));
  }

  void add(const Part& part, const CycleEntry& entry, CycleBook& book) const {
    if (tells_values_) {
      book.values.resize(std::size_t(problem_.variable_count()) * width_);
      for (std::size_t k = 0; k < part.mine.size(); ++k)
        std::memcpy(book.values.data() + std::size_t(part.mine[k]) * width_, part.values.data() + k * width_, width_);
    } else {
      book.decisions.resize(problem_.variable_count());
      for (std::size_t k = 0; k < entry.decisions.size(); ++k) book.decisions[part.mine[k]] = entry.decisions[k];
    }
    book.finished += entry.finished;
    if (part.entries == 1) return;  // what the start has sent counts for cycle 0, and is in its entry
    book.steps += part.mine.size() * phases_;
    book.active += entry.active;
    for (std::size_t q = 0; q < entry.checks.size(); ++q)
      book.most_checks[q] = std::max(book.most_checks[q], entry.checks[q]);
    for (const CycleEntry::Kind& kind : entry.kinds) {
      KindTraffic& all = book.kinds[kind.phase];
      all.messages += kind.messages;
      all.bytes += kind.bytes;
      all.largest = std::max(all.largest, kind.largest);
    }
    for (const CycleEntry::Sent& sent : entry.sent)
      book.sent.emplace_back(sent.computation, Traffic{sent.messages, sent.bytes});
  }

  void check(Part& part, std::uint32_t number, const CycleEntry& entry) const {
    const auto refuse = [&](const std::string& what) {
      throw Error(ErrorCode::bad_input, fmt::format("agent {} reports {}; its report was damaged, or it runs something "
                                                    "else",
                                                    number, what));
    };
    const std::size_t count = part.mine.size();
    const bool first = part.entries == 0;
    const std::size_t values = tells_values_ ? count * width_ : 0;
    if (entry.values.size() != values && (first || !entry.values.empty()))
      refuse(fmt::format("{} bytes of values where {} were expected", entry.values.size(), values));
    if (!first && part.entries - 1 < books_.first_open() && !end_) refuse("a cycle that is closed");
    if (part.entries > books_.first_open() + 2 * window_ + 1 && !end_)
      refuse(fmt::format("cycle {} while the slowest is in {}", part.entries, books_.first_open()));
    for (std::size_t k = 0; k < entry.values.size() / width_; ++k)
      if (value_at(reinterpret_cast<const std::byte*>(entry.values.data()), width_, k) >=
          std::uint32_t(problem_.domain_size(part.mine[k])))
        refuse("a value outside its domain");
    // Those that tell no values decide at the end of a cycle, and before the first one.
    if (entry.decisions.size() != (tells_values_ ? 0 : count)) refuse("decisions of others than it hosts");
    for (std::size_t k = 0; k < entry.decisions.size(); ++k)
      if (entry.decisions[k] < 0 || entry.decisions[k] >= problem_.domain_size(part.mine[k]))
        refuse("a decision outside its domain");
    part.finished += entry.finished;
    if (part.finished > count) refuse("more computations that finished than it hosts");
    if (entry.checks.size() > phases_) refuse("more phases than there are");
    for (const CycleEntry::Kind& kind : entry.kinds)
      if (kind.phase >= phases_) refuse("a phase that does not exist");
    for (const CycleEntry::Sent& sent : entry.sent)
      if (!std::binary_search(part.mine.begin(), part.mine.end(), sent.computation))
        refuse("what a computation sends that it does not host");
  }

  const Problem& problem_;
  const std::unique_ptr<Population> types_;
  const std::uint32_t width_, phases_;
  const std::unique_ptr<kernel::OwnCosts> own_;
  CycleLedger ledger_;
  CycleBooks books_;
  const std::uint64_t window_;
  std::uint64_t allowed_;
  std::vector<Part> parts_;
  bool tells_values_ = false;
  std::size_t begun_ = 0;
  std::optional<RunEnd> end_;
};

}  // namespace

std::unique_ptr<RemoteLead> lead_remote_cycles(const Problem& problem, const kernel::LocalCosts& costs,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share) {
  return std::make_unique<CycleLead>(problem, costs, algorithm, settings, control, share);
}

}  // namespace entente::runtime
