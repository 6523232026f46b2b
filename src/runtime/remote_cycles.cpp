// SPDX-License-Identifier: MIT
#include "runtime/remote_cycles.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "runtime/cycle_books.hpp"
#include "runtime/cycle_ledger.hpp"
#include "runtime/local_barrier.hpp"
#include "runtime/remote_cycle_messages.hpp"
#include "runtime/rest_tree.hpp"

namespace entente::runtime {

namespace {

/// Cycles that a part runs without looking up, where nobody elsewhere holds it back.
constexpr std::uint64_t portion = 32;
constexpr std::size_t entry_bytes = 48;  // about

std::vector<std::uint32_t> places_of(const RemoteShare& share, std::uint32_t agent, std::uint32_t& count) {
  std::vector<std::uint32_t> place(share.agent_of.size());
  count = 0;
  for (std::size_t i = 0; i < place.size(); ++i)
    if (share.agent_of[i] == agent) place[i] = count++;
  return place;
}

class RemoteCycles final : public RemotePart {
 public:
  RemoteCycles(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
               std::span<const Setting> settings, const RunControl& control, const RemoteShare& share, Outlet outlet)
      : phases_(algorithm.phases),
        most_(most_cycles(control, phases_)),
        report_interval_(report_interval(share.agents, 0.02)),
        outlet_(std::move(outlet)),
        place_(places_of(share, share.me, count_)),
        books_(count_, phases_, costs.value_bytes(), problem.variable_count()),
        watch_{[this](const Partition::Step& step) { books_.enter(step, place_[step.computation]); },
               share.agent_of.data(), books_.sent(), books_.kinds()},
        partition_(problem, costs, algorithm, settings, control.seed, most_, share.agent_of, share.me,
                   [this](std::uint32_t to, std::span<const std::byte> batch) {
                     const auto* const first = reinterpret_cast<const std::uint8_t*>(batch.data());
                     outlet_.send(to, CycleBatch{RemoteBytes(first, first + batch.size())});
                   }),
        rest_(share.me, share.agents, 1, [this](std::uint32_t to, const RemoteRest& rest) { outlet_.send(to, rest); }),
        allowed_(cycle_window(problem.variable_count())) {
    partition_.watch(watch_);
  }

  void begin() override {
    set_limit();
    partition_.start();
    last_ = books_.before();
    entries_.entries.push_back(entry_of(books_.before(), {}));
    finished_ = books_.before().finished;
    look_around();
  }
  void hear(std::uint32_t from, const Content& content) override {
    if (const CycleBatch* const batch = content.get<CycleBatch>())
      partition_.deliver(std::as_bytes(std::span(batch->messages)));
    else
      rest_.hear(from, content.as<RemoteRest>());
    look_around();
  }
  void obey(const RemoteOrder& order) override {
    if (order.kind != RemoteOrder::Kind::limit) return;
    allowed_ = std::max(allowed_, order.number);
    look_around();
  }
  bool can_go_on() const override { return limit() > limit_ && !waiting_.empty(); }
  void go_on() override {
    set_limit();
    for (const ComputationId i : std::exchange(waiting_, {})) partition_.resume(i);
    look_around();
  }
  std::size_t unreported() const override { return unreported_; }
  double report_delay() const override {
    // Nothing more to come: whoever leads the run waits for just this.
    return books_.first_open() >= rest_.stop().value_or(most_) ? 0 : report_interval_;
  }
  void report() override {
    if (entries_.entries.empty()) return;
    unreported_ = 0;
    outlet_.report(std::exchange(entries_, {}));
  }

 private:
  /// The first cycle that nobody runs for now.
  std::uint64_t limit() const {
    return std::min({allowed_, books_.first_open() + portion, rest_.stop().value_or(most_), most_});
  }
  void set_limit() {
    limit_ = limit();
    partition_.set_limit(std::uint32_t(limit_ * phases_));
  }

  /// Closes the cycles that are over.
  void look_around() {
    while (books_.complete()) {
      CycleBook book = books_.close();
      entries_.entries.push_back(entry_of(book, last_.values));
      const CycleEntry& entry = entries_.entries.back();
      unreported_ += entry_bytes + entry.values.size() + 4 * entry.decisions.size() + 20 * entry.sent.size();
      // The rule of the cycle engine: nothing new after a cycle in which nobody moved.
      const bool values = !book.values.empty();
      finished_ += book.finished;
      rest_.close(book.active == 0 && (calm_ || !values), finished_ == count_);
      calm_ = entry.values.empty();
      last_ = std::move(book);
    }
    rest_.flush();
    const std::vector<ComputationId> more = partition_.take_waiting();
    waiting_.insert(waiting_.end(), more.begin(), more.end());
    // Who waits is to go on by `go_on`, which is asked for while there is a better limit than they know.
    if (waiting_.empty() || limit() < limit_) set_limit();
  }

  CycleEntry entry_of(const CycleBook& book, const std::vector<std::byte>& before) const {
    CycleEntry entry;
    if (book.values != before) {
      const auto* const first = reinterpret_cast<const std::uint8_t*>(book.values.data());
      entry.values.assign(first, first + book.values.size());
    }
    entry.decisions = book.decisions;
    entry.active = std::uint32_t(std::min<std::uint64_t>(book.active, std::numeric_limits<std::uint32_t>::max()));
    entry.finished = book.finished;
    entry.checks.assign(book.most_checks.begin(), book.most_checks.begin() + phases_);
    while (!entry.checks.empty() && entry.checks.back() == 0) entry.checks.pop_back();
    for (std::uint32_t q = 0; q < phases_; ++q)
      if (const KindTraffic& kind = book.kinds[q]; kind.messages > 0)
        entry.kinds.push_back({q, kind.messages, kind.bytes, kind.largest});
    for (const auto& [computation, sent] : book.sent) entry.sent.push_back({computation, sent.messages, sent.bytes});
    return entry;
  }

  const std::uint32_t phases_;
  const std::uint64_t most_;
  const double report_interval_;
  const Outlet outlet_;
  std::uint32_t count_ = 0;
  const std::vector<std::uint32_t> place_;  ///< Of each computation of this part among them.
  CycleBooks books_;
  const Partition::Watch watch_;
  Partition partition_;
  RestTree rest_;
  std::uint64_t allowed_, limit_ = 0;
  std::vector<ComputationId> waiting_;
  CycleBook last_;     ///< The last that was closed.
  bool calm_ = false;  ///< Nobody told anything new in it.
  std::uint32_t finished_ = 0;
  CycleEntries entries_;  ///< To be reported,
  std::size_t unreported_ = 1;
};

}  // namespace

std::unique_ptr<RemotePart> make_remote_cycles(const Problem& problem, const kernel::LocalCosts& costs,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share,
                                               RemotePart::Outlet outlet) {
  return std::make_unique<RemoteCycles>(problem, costs, algorithm, settings, control, share, std::move(outlet));
}

}  // namespace entente::runtime
