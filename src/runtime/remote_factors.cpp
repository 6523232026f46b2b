// SPDX-License-Identifier: MIT
#include "runtime/remote_factors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "entente/base/error.hpp"
#include "runtime/factor_share.hpp"
#include "runtime/remote_factor_messages.hpp"
#include "runtime/rest_tree.hpp"

namespace entente::runtime {

namespace {

/// Cycles that a part runs without looking up, where nobody elsewhere holds it back.
constexpr std::uint64_t portion = 8;

std::vector<std::uint8_t> own_factors(const Problem& problem, const RemoteShare& share) {
  std::vector<std::uint8_t> own(problem.constraint_count());
  for (ConstraintId c = 0; c < own.size(); ++c) own[c] = share.agent_of[problem.variable_count() + c] == share.me;
  return own;
}
/// Parts have one thread, and ask nobody but the deadline when they are long.
RunControl part_control(const RunControl& control) {
  RunControl own = control;
  own.threads = 1;
  own.on_cycle = {};
  return own;
}

class RemoteFactors final : public RemotePart {
 public:
  RemoteFactors(const Problem& problem, const Algorithm& algorithm, std::span<const Setting> settings,
                const RunControl& control, const RemoteShare& share, Outlet outlet)
      : control_(part_control(control)),
        report_interval_(report_interval(share.agents, 0.02)),
        outlet_(std::move(outlet)),
        own_(own_factors(problem, share)),
        setup_(problem, algorithm, settings, control_, best_instruction_set(), {own_.data(), true}),
        allowed_(cycle_window(problem.variable_count())) {
    if (setup_.stopped()) return;  // the deadline has passed
    share_.emplace(problem, setup_, control_, share);
    rest_.emplace(share.me, share.agents, share_->calm_enough(),
                  [this](std::uint32_t to, const RemoteRest& rest) { outlet_.send(to, rest); });
  }

  void begin() override { work(); }
  void hear(std::uint32_t from, const Content& content) override {
    if (!share_) return;
    if (const FactorBatch* const batch = content.get<FactorBatch>())
      keep(from, *batch);
    else
      rest_->hear(from, content.as<RemoteRest>());
    work();
  }
  void obey(const RemoteOrder& order) override {
    if (order.kind == RemoteOrder::Kind::limit) allowed_ = std::max(allowed_, order.number);
    work();
  }
  bool can_go_on() const override { return share_ && !stopped_ && ready(); }
  void go_on() override { work(); }
  std::size_t unreported() const override { return unreported_; }
  double report_delay() const override {
    // Nothing more to come: whoever leads the run waits for just this.
    return share_ && cycle_ >= most() ? 0 : report_interval_;
  }
  void report() override {
    if (entries_.entries.empty()) return;
    unreported_ = 0;
    outlet_.report(std::exchange(entries_, {}));
  }

 private:
  struct Kept {
    std::uint32_t from;
    RemoteBytes numbers;
    std::vector<std::int32_t> values;
  };
  /// Answers of cycle c are step 2c, beliefs 2c + 1.
  void keep(std::uint32_t from, const FactorBatch& batch) {
    const bool fits = batch.beliefs ? share_->takes_beliefs(from, batch.numbers, batch.values)
                                    : share_->takes_answers(from, batch.numbers);
    const std::uint64_t step = 2 * batch.cycle + batch.beliefs;
    if (!fits || batch.cycle > cycle_ + 1)
      throw Error(
          ErrorCode::bad_input,
          fmt::format("agent {} sends {} bytes for cycle {} in cycle {}, which make no sense here; it takes part "
                      "in another run or its message was damaged",
                      from, batch.numbers.size(), batch.cycle, cycle_));
    if (step < 2 * cycle_ + decided_) return;  // a second copy
    std::vector<Kept>& kept = kept_[step];
    if (std::any_of(kept.begin(), kept.end(), [&](const Kept& one) { return one.from == from; })) return;
    kept.push_back({from, batch.numbers, batch.values});
  }
  /// Cycles of the run, as far as is known.
  std::uint64_t most() const {
    const std::uint64_t most = control_.stop_cycle ? control_.stop_cycle : ~std::uint64_t(0);
    return std::min(most, rest_->stop().value_or(most));
  }
  std::uint64_t limit() const { return std::min(allowed_, most()); }
  std::size_t heard(std::uint64_t step) const {
    const auto kept = kept_.find(step);
    return kept == kept_.end() ? 0 : kept->second.size();
  }
  /// Whether the next thing to be done can be.
  bool ready() const {
    if (!spoken_) return cycle_ < limit();
    if (!decided_) return heard(2 * cycle_) == share_->answering().size();
    return heard(2 * cycle_ + 1) == share_->believing().size();
  }

  void work() {
    if (!share_) return;
    for (std::uint64_t ended = 0; ended < portion && !stopped_ && ready();) {
      if (!spoken_) {
        speak();
      } else if (!decided_) {
        decide();
      } else {
        close();
        ++ended;
      }
    }
    rest_->flush();
  }
  void speak() {
    if (!share_->speak()) {
      stopped_ = true;
      return;
    }
    spoken_ = true;
    for (const std::uint32_t agent : share_->believing())
      outlet_.send(agent, FactorBatch{cycle_, false, share_->answers_to(agent), {}});
  }
  void decide() {
    for (const Kept& kept : kept_[2 * cycle_]) share_->take_answers(kept.from, kept.numbers);
    kept_.erase(2 * cycle_);
    share_->decide();
    decided_ = true;
    for (const std::uint32_t agent : share_->answering())
      outlet_.send(agent, FactorBatch{cycle_, true, share_->beliefs_to(agent), share_->decisions_to(agent)});
  }
  void close() {
    for (const Kept& kept : kept_[2 * cycle_ + 1]) share_->take_beliefs(kept.from, kept.numbers, kept.values);
    kept_.erase(2 * cycle_ + 1);
    share_->close();
    ++cycle_;
    spoken_ = decided_ = false;
    FactorEntry entry{{}, std::uint32_t(share_->changed()), share_->stirred()};
    if (entry.changed > 0) entry.values = share_->decisions();
    unreported_ += 16 + 4 * entry.values.size();
    rest_->close(!entry.stirred && entry.changed == 0 && cycle_ >= share_->all_awake(), false);
    entries_.entries.push_back(std::move(entry));
  }

  const RunControl control_;
  const double report_interval_;
  const Outlet outlet_;
  const std::vector<std::uint8_t> own_;
  FactorSetup setup_;
  std::optional<FactorShare> share_;
  std::optional<RestTree> rest_;
  std::uint64_t allowed_, cycle_ = 0;
  bool spoken_ = false, decided_ = false;  ///< In this cycle.
  bool stopped_ = false;
  std::map<std::uint64_t, std::vector<Kept>> kept_;  ///< By step: what has come for it.
  FactorEntries entries_;
  std::size_t unreported_ = 0;
};

class FactorLead final : public RemoteLead {
 public:
  FactorLead(const Problem& problem, const Algorithm& algorithm, std::span<const Setting> settings,
             const RunControl& control, const RemoteShare& share)
      : problem_(problem),
        control_(control),
        setup_(problem, algorithm, settings, control_, best_instruction_set()),
        window_(cycle_window(problem.variable_count())),
        allowed_(window_),
        parts_(share.agents),
        values_(problem.variable_count()) {
    control_.threads = 1;
    for (VariableId v = 0; v < problem.variable_count(); ++v) parts_[share.agent_of[v]].mine.push_back(v);
    if (setup_.stopped())
      end_ = unstarted_run(problem, control_).end;
    else
      run_.emplace(problem, setup_.population(), setup_.layout(), setup_.costs(), setup_.kernels(), control_);
  }

  void take(std::uint32_t number, const Content& report) override {
    Part& part = parts_[number];
    for (const FactorEntry& entry : report.as<FactorEntries>().entries) {
      check(number, entry);
      waiting_ += part.entries.empty();
      part.entries.push_back(entry);
    }
    begin();
    while (!end_ && waiting_ == parts_.size()) follow();
  }
  void look_around(const Tell& tell) override {
    begin();
    if (end_ || cycle_ + window_ < allowed_ + window_ / 4) return;
    allowed_ = cycle_ + window_;
    tell(every_agent, {RemoteOrder::Kind::limit, allowed_, 0, {}});
  }
  std::optional<RunEnd> over() const override { return end_; }
  void conclude(RunEnd end, RunResult& result) override {
    result = run_ && begun_ ? run_->outcome() : unstarted_run(problem_, control_);
    result.end = end_.value_or(end);
  }

 private:
  struct Part {
    std::vector<VariableId> mine;
    std::deque<FactorEntry> entries;  ///< Of cycles that not all have reported.
  };

  void begin() {
    if (end_ || begun_) return;
    begun_ = true;
    const RunResult before = run_->outcome();
    values_ = before.last;
    if (run_->begin()) end_ = run_->outcome().end;
  }
  /// All have reported the next cycle.
  void follow() {
    std::uint64_t changed = 0;
    bool stirred = false;
    for (Part& part : parts_) {
      const FactorEntry& entry = part.entries.front();
      for (std::size_t i = 0; i < entry.values.size(); ++i) values_[part.mine[i]] = entry.values[i];
      changed += entry.changed;
      stirred |= entry.stirred;
      part.entries.pop_front();
      waiting_ -= part.entries.empty();
    }
    ++cycle_;
    if (run_->follow(values_, changed, stirred)) end_ = run_->outcome().end;
  }
  void check(std::uint32_t number, const FactorEntry& entry) const {
    const Part& part = parts_[number];
    bool fits = entry.values.empty() ? entry.changed == 0 : entry.values.size() == part.mine.size();
    fits &= entry.changed <= part.mine.size() && part.entries.size() <= 2 * window_;
    for (std::size_t i = 0; fits && i < entry.values.size(); ++i)
      fits = entry.values[i] >= 0 && entry.values[i] < problem_.domain_size(part.mine[i]);
    if (fits) return;
    throw Error(
        ErrorCode::bad_input,
        fmt::format("agent {} reports what its variables cannot have decided; its report was damaged, or it runs "
                    "something else",
                    number));
  }

  const Problem& problem_;
  RunControl control_;
  FactorSetup setup_;
  std::optional<FactorRun> run_;
  const std::uint64_t window_;
  std::uint64_t allowed_, cycle_ = 0;
  std::vector<Part> parts_;
  std::vector<ValueIndex> values_;
  std::size_t waiting_ = 0;  ///< Parts with a report that has not been followed.
  bool begun_ = false;
  std::optional<RunEnd> end_;
};

}  // namespace

std::unique_ptr<RemotePart> make_remote_factors(const Problem& problem, const Algorithm& algorithm,
                                                std::span<const Setting> settings, const RunControl& control,
                                                const RemoteShare& share, RemotePart::Outlet outlet) {
  return std::make_unique<RemoteFactors>(problem, algorithm, settings, control, share, std::move(outlet));
}

std::unique_ptr<RemoteLead> lead_remote_factors(const Problem& problem, const Algorithm& algorithm,
                                                std::span<const Setting> settings, const RunControl& control,
                                                const RemoteShare& share) {
  return std::make_unique<FactorLead>(problem, algorithm, settings, control, share);
}

}  // namespace entente::runtime
