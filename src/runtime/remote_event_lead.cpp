// SPDX-License-Identifier: MIT
// The coordinator's side of an event-driven run.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

#include "entente/base/error.hpp"
#include "runtime/event_desk.hpp"
#include "runtime/event_watcher.hpp"
#include "runtime/remote_event_messages.hpp"
#include "runtime/remote_events.hpp"

namespace entente::runtime {

namespace {

/// What computations elsewhere have decided, as far as is known here.
class KnownDecisions final : public Population {
 public:
  explicit KnownDecisions(std::uint32_t computations) : values(computations, no_value) {}
  std::span<const MessageInfo> messages() const override { return {}; }
  void start(const Frame&, ComputationId, ComputationId) override {}
  void decisions(ComputationId low, ComputationId high, ValueIndex* out) const override {
    std::copy(values.begin() + low, values.begin() + high, out + low);
  }
  std::vector<ValueIndex> values;
};

/// Whether all that was sent between agents has been received.
class Balance {
 public:
  void sent(std::uint32_t from, std::uint32_t to, std::uint64_t count) {
    set(channel(from, to).first, count, from, to);
  }
  void received(std::uint32_t from, std::uint32_t to, std::uint64_t count) {
    set(channel(from, to).second, count, from, to);
  }
  bool even() const { return uneven_ == 0; }

 private:
  using Counts = std::pair<std::uint64_t, std::uint64_t>;
  Counts& channel(std::uint32_t from, std::uint32_t to) { return channels_[std::uint64_t(from) << 32 | to]; }
  void set(std::uint64_t& count, std::uint64_t value, std::uint32_t from, std::uint32_t to) {
    const Counts& both = channel(from, to);
    uneven_ -= both.first != both.second;
    count = value;
    uneven_ += both.first != both.second;
  }
  std::unordered_map<std::uint64_t, Counts> channels_;
  std::size_t uneven_ = 0;
};

class EventLead final : public RemoteLead {
 public:
  EventLead(const Problem& problem, std::uint32_t computations, const Algorithm& algorithm,
            std::span<const Setting> settings, const RunControl& control, const RemoteShare& share)
      : problem_(problem),
        types_(algorithm.populate(0, settings)),
        agent_of_(share.agent_of.begin(), share.agent_of.end()),
        known_(computations),
        desk_(problem, algorithm, control, computations, types_->messages(), 1),
        watcher_(control, [] {}),
        parts_(share.agents) {
    desk_.watch(watcher_);
    for (ComputationId i = 0; i < computations; ++i) parts_[agent_of_[i]].mine.push_back(i);
    for (Part& part : parts_) {
      part.kinds.resize(types_->messages().size());
      part.messages.resize(part.mine.size());
      part.bytes.resize(part.mine.size());
    }
  }

  void take(std::uint32_t number, const Content& report) override {
    if (const EventLast* const last = report.get<EventLast>()) return take_last(number, *last);
    const EventNews& news = report.as<EventNews>();
    Part& part = parts_[number];
    if (!part.begun) {
      keep_decisions(number, news.decisions);
      part.begun = true;
      ++begun_;
    } else if (!news.decisions.empty()) {
      refuse(number, "a second start");
    }
    count_kinds(number, news);
    for (const EventNote& note : news.notes) take(number, note);
    if (begun_ == parts_.size() && !std::exchange(all_begun_, true) && desk_.tracks()) desk_.started(known_);
    part.turns = news.turns;
    if (part.turns > part.told) refuse(number, "turns that it was not given");
    idle_ -= part.idle;
    part.idle = news.idle;
    idle_ += part.idle;
    for (const auto& [to, count] : news.sent) balance_.sent(number, check(number, to), count);
    for (const auto& [from, count] : news.received) balance_.received(check(number, from), number, count);
    if (all_begun_ && !stopped()) desk_.delivered(news.delivered);
  }

  void look_around(const Tell& tell) override {
    while (!end_ && !stopped() && quiet()) {
      if (!desk_.pending()) {
        end_ = RunEnd::by_itself;
        return;
      }
      give_turns(desk_.advance(), tell);
    }
  }
  std::optional<RunEnd> over() const override {
    if (end_) return end_;
    if (stopped()) return watcher_.reason();
    return {};
  }
  void conclude(RunEnd end, RunResult& result) override {
    result.end = over().value_or(end);
    result.messages_out.resize(agent_of_.size());
    result.bytes_out.resize(agent_of_.size());
    for (const Part& part : parts_)
      for (std::size_t k = 0; k < part.mine.size(); ++k) {
        result.messages_out[part.mine[k]] = part.messages[k];
        result.bytes_out[part.mine[k]] = part.bytes[k];
      }
    result.checks = checks_;
    desk_.conclude(known_, result);
    if (!infeasible_ || result.end != RunEnd::by_itself) return;
    result.end = RunEnd::infeasible;
    result.optimal = false;
    result.best.clear();
  }

 private:
  struct Part {
    std::vector<ComputationId> mine;
    std::vector<KindTraffic> kinds;
    std::vector<std::uint64_t> messages, bytes;
    bool begun = false, idle = false;
    std::uint64_t told = 0, turns = 0;  ///< Orders to act, given and taken.
  };

  [[noreturn]] static void refuse(std::uint32_t agent, const char* what) {
    throw Error(ErrorCode::bad_input,
                fmt::format("agent {} reports {}; its report was damaged, or it runs something else", agent, what));
  }
  std::uint32_t check(std::uint32_t agent, std::uint32_t other) const {
    if (other >= parts_.size() || other == agent) refuse(agent, "messages of an agent that takes no part");
    return other;
  }
  bool stopped() const { return watcher_.stop().load(std::memory_order_acquire); }
  bool quiet() const {
    return all_begun_ && idle_ == parts_.size() && balance_.even() &&
           std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.turns == part.told; });
  }

  void give_turns(std::span<const ComputationId> due, const Tell& tell) {
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> of_agent;
    for (const ComputationId i : due) of_agent[agent_of_[i]].push_back(i);
    for (auto& [agent, computations] : of_agent) {
      ++parts_[agent].told;
      tell(agent, {RemoteOrder::Kind::turn, 0, desk_.services()->now, std::move(computations)});
    }
  }

  void keep_decisions(std::uint32_t number, const std::vector<std::int32_t>& decisions) {
    const std::vector<ComputationId>& mine = parts_[number].mine;
    if (decisions.size() != mine.size()) refuse(number, "decisions of others than it hosts");
    for (std::size_t k = 0; k < mine.size(); ++k) {
      check_value(number, mine[k], decisions[k]);
      known_.values[mine[k]] = decisions[k];
    }
  }
  void check_value(std::uint32_t number, ComputationId computation, ValueIndex value) const {
    if (computation < problem_.variable_count() && (value < no_value || value >= problem_.domain_size(computation)))
      refuse(number, "a value outside its domain");
  }
  void count_kinds(std::uint32_t number, const EventNews& news) {
    Part& part = parts_[number];
    if (news.kinds.empty()) return;
    if (news.kinds.size() != part.kinds.size()) refuse(number, "messages of other types than there are");
    KindTraffic* const all = desk_.kinds(0);
    for (std::size_t k = 0; k < part.kinds.size(); ++k) {
      const EventNews::Kind& kind = news.kinds[k];
      if (kind.messages < part.kinds[k].messages || kind.bytes < part.kinds[k].bytes)
        refuse(number, "fewer messages than before");
      all[k].messages += kind.messages - part.kinds[k].messages;
      all[k].bytes += kind.bytes - part.kinds[k].bytes;
      all[k].largest = std::max(all[k].largest, kind.largest);
      part.kinds[k] = {kind.messages, kind.bytes, kind.largest};
    }
  }

  void take(std::uint32_t number, const EventNote& note) {
    using Kind = EventNote::Kind;
    const bool anonymous = note.kind == Kind::proposed || note.kind == Kind::bounded;
    if (!anonymous && (note.computation >= agent_of_.size() || agent_of_[note.computation] != number))
      refuse(number, "what a computation says that it does not host");
    EventServices& services = *desk_.services();
    if (note.kind == Kind::moved) {
      check_value(number, note.computation, note.value);
      known_.values[note.computation] = note.value;
    }
    switch (note.kind) {
      case Kind::moved:
        if (services.moved) return services.moved(services.engine, note.computation, note.value);
        break;
      case Kind::proposed:
        if (note.list.size() != problem_.variable_count()) refuse(number, "an assignment of other variables");
        if (services.proposed) return services.proposed(services.engine, note.list.data());
        break;
      case Kind::bounded:
        if (services.bounded) return services.bounded(services.engine, note.a);
        break;
      case Kind::every:
        if (!(note.a >= 0) || !(note.b >= 0) || !std::isfinite(note.a) || !std::isfinite(note.b))
          refuse(number, "times of periodic actions that are none");
        if (services.every) return services.every(services.engine, note.computation, note.a, note.b);
        break;
      case Kind::finished:
        if (services.finished) return services.finished(services.engine, note.computation);
        break;
      case Kind::certified:
        if (!(note.a >= 0)) refuse(number, "a proof of less than nothing");
        for (const std::int32_t variable : note.list)
          if (variable < 0 || std::uint32_t(variable) >= problem_.variable_count())
            refuse(number, "a group of variables that are not there");
        if (services.certified) {
          const std::vector<VariableId> group(note.list.begin(), note.list.end());
          return services.certified(services.engine, note.computation, group.data(), std::uint32_t(group.size()),
                                    note.a);
        }
        break;
      case Kind::centralised:
        if (services.centralised)
          return services.centralised(services.engine, note.computation, std::uint32_t(note.value));
        break;
    }
    refuse(number, "what computations of this algorithm do not say");
  }

  void take_last(std::uint32_t number, const EventLast& last) {
    Part& part = parts_[number];
    keep_decisions(number, last.decisions);
    if (last.messages.size() != part.mine.size() || last.bytes.size() != part.mine.size())
      refuse(number, "messages of others than it hosts");
    part.messages = last.messages;
    part.bytes = last.bytes;
    checks_ = std::max(checks_, last.checks);
    infeasible_ |= last.infeasible;
  }

  const Problem& problem_;
  const std::unique_ptr<Population> types_;
  const std::vector<std::uint32_t> agent_of_;
  KnownDecisions known_;
  EventDesk desk_;
  EventWatcher watcher_;
  std::vector<Part> parts_;
  Balance balance_;
  std::size_t begun_ = 0, idle_ = 0;
  bool all_begun_ = false, infeasible_ = false;
  std::uint64_t checks_ = 0;
  std::optional<RunEnd> end_;
};

}  // namespace

std::unique_ptr<RemoteLead> lead_remote_events(const Problem& problem, std::uint32_t computations,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share) {
  return std::make_unique<EventLead>(problem, computations, algorithm, settings, control, share);
}

}  // namespace entente::runtime
