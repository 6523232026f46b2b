// SPDX-License-Identifier: MIT
#include "runtime/remote_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "entente/base/error.hpp"
#include "runtime/event_log.hpp"
#include "runtime/event_tables.hpp"
#include "runtime/event_watcher.hpp"
#include "runtime/remote_event_messages.hpp"

namespace entente::runtime {

namespace {

/// Messages that are handled before others are heard.
constexpr std::uint64_t portion = 1024, slice = 64;
constexpr std::size_t note_bytes = 29;

class RemoteEvents final : public RemotePart {
 public:
  RemoteEvents(const Problem& problem, const EventTopology& topology, const Algorithm& algorithm,
               std::span<const Setting> settings, const RunControl& control, const RemoteShare& share, void* workspace,
               const std::atomic<bool>& infeasible, Outlet outlet)
      : variables_(problem.variable_count()),
        periodic_(algorithm.periodic),
        share_(share),
        infeasible_(infeasible),
        outlet_(std::move(outlet)),
        tables_(problem, topology, control.seed),
        population_(algorithm.populate(topology.count, settings)),
        watcher_(control, [] {}),
        kinds_(population_->messages().size()),
        outbox_(share.agents),
        sent_(share.agents),
        received_(share.agents) {
    for (ComputationId i = 0; i < topology.count; ++i)
      if (share.agent_of[i] == share.me) mine_.push_back(i);
    offer_services(algorithm);
    Frame& frame = tables_.frame;
    frame.workspace = workspace;
    frame.services = &services_;
    frame.kinds = kinds_.data();
    frame.logs = &log_;
    frame.grow = grow_log;
    frame.stop = &watcher_.stop();
  }
  RemoteEvents(const RemoteEvents&) = delete;
  RemoteEvents& operator=(const RemoteEvents&) = delete;
  ~RemoteEvents() override {
    if (next_) population_->discard(next_, current_.at);
    free_log(current_);
    for (Log* const log : {&log_, &coming_}) {
      population_->discard(log->begin, log->at);
      free_log(*log);
    }
  }

  void begin() override {
    for (const ComputationId i : mine_) {
      if (stopped()) break;
      population_->start(tables_.frame, i, i + 1);
      sort_out();
    }
    news_.decisions = decisions();
    changed_ = true;
    work();
  }
  void hear(std::uint32_t from, const Content& content) override {
    const EventBatch& batch = content.as<EventBatch>();
    ++received_[from].count;
    note_change(received_, from);
    Frame frame = tables_.frame;
    frame.logs = &coming_;
    for (const EventBatch::Item& item : batch.items) {
      check(from, item);
      if (!population_->read_message(frame, {item.to, item.from, item.kind, 0, item.checks},
                                     std::as_bytes(std::span(item.message))))
        throw Error(ErrorCode::bad_input, fmt::format("agent {} sends {} bytes that are no message of type {}", from,
                                                      item.message.size(), population_->messages()[item.kind].name));
    }
    work();
  }
  void obey(const RemoteOrder& order) override {
    if (order.kind != RemoteOrder::Kind::turn) return;
    ++news_.turns;
    changed_ = true;
    services_.now = order.time;
    for (const std::uint32_t i : order.computations) {
      if (i >= share_.agent_of.size() || share_.agent_of[i] != share_.me)
        throw Error(ErrorCode::bad_input, fmt::format("computation {} is not on this agent and cannot act here", i));
      append({i, i, tick_kind, 0, 0}, nullptr);
    }
    work();
  }
  bool can_go_on() const override { return !stopped() && waiting(); }
  void go_on() override { work(); }

  std::size_t unreported() const override { return news_.notes.size() * note_bytes + list_bytes_ + (changed_ ? 1 : 0); }
  double report_delay() const override { return periodic_ ? 0 : report_interval(share_.agents, 0.002); }
  void report() override {
    EventNews news = std::exchange(news_, {});
    news_.turns = news.turns;
    list_bytes_ = 0;
    changed_ = false;
    if (news.delivered > 0 || !news.decisions.empty())
      for (const KindTraffic& kind : kinds_) news.kinds.push_back({kind.messages, kind.bytes, kind.largest});
    news.idle = !waiting();
    if (news.idle) {
      take_changes(sent_, news.sent);
      take_changes(received_, news.received);
    }
    outlet_.report(std::move(news));
  }
  void end() override {
    report();
    EventLast last;
    last.decisions = decisions();
    for (const ComputationId i : mine_) {
      last.messages.push_back(tables_.sent[i].messages);
      last.bytes.push_back(tables_.sent[i].bytes);
      last.checks = std::max(last.checks, tables_.checks[i]);
    }
    last.infeasible = infeasible_;
    outlet_.report(std::move(last));
  }

 private:
  struct Channel {
    std::uint64_t count = 0;
    bool changed = false;
  };
  struct Channels {
    explicit Channels(std::uint32_t agents) : all(agents) {}
    Channel& operator[](std::uint32_t agent) { return all[agent]; }
    std::vector<Channel> all;
    std::vector<std::uint32_t> changed;
  };
  static void note_change(Channels& channels, std::uint32_t agent) {
    if (!std::exchange(channels[agent].changed, true)) channels.changed.push_back(agent);
  }
  static void take_changes(Channels& channels, std::vector<std::pair<std::uint32_t, std::uint64_t>>& list) {
    for (const std::uint32_t agent : std::exchange(channels.changed, {})) {
      channels[agent].changed = false;
      list.emplace_back(agent, channels[agent].count);
    }
  }
  static RemoteEvents& of(void* engine) { return *static_cast<RemoteEvents*>(engine); }
  void note(EventNote note) {
    list_bytes_ += 4 * note.list.size();
    news_.notes.push_back(std::move(note));
  }
  /// Those that EventDesk offers.
  void offer_services(const Algorithm& algorithm) {
    using Kind = EventNote::Kind;
    services_.engine = this;
    services_.bounded = [](void* engine, double bound) { of(engine).note({Kind::bounded, 0, 0, bound, 0, {}}); };
    if (algorithm.info.confluent) return;
    services_.moved = [](void* engine, ComputationId i, ValueIndex value) {
      of(engine).note({Kind::moved, i, value, 0, 0, {}});
    };
    services_.proposed = [](void* engine, const ValueIndex* assignment) {
      of(engine).note({Kind::proposed, 0, 0, 0, 0, {assignment, assignment + of(engine).variables_}});
    };
    services_.finished = [](void* engine, ComputationId i) { of(engine).note({Kind::finished, i, 0, 0, 0, {}}); };
    if (algorithm.info.certified) {
      services_.certified = [](void* engine, ComputationId i, const VariableId* group, std::uint32_t count,
                               double excess) {
        of(engine).note({Kind::certified, i, 0, excess, 0, {group, group + count}});
      };
      services_.centralised = [](void* engine, ComputationId i, std::uint32_t variables) {
        of(engine).note({Kind::centralised, i, std::int32_t(variables), 0, 0, {}});
      };
    }
    if (!algorithm.periodic) return;
    services_.every = [](void* engine, ComputationId i, double period, double first) {
      of(engine).note({Kind::every, i, 0, period, first, {}});
    };
  }

  bool stopped() const { return watcher_.stop().load(std::memory_order_relaxed); }
  bool waiting() const { return next_ != current_.at || coming_.at != coming_.begin; }
  std::vector<std::int32_t> decisions() const {
    std::vector<ValueIndex> all(share_.agent_of.size(), no_value);
    std::vector<std::int32_t> own;
    for (const ComputationId i : mine_) {
      population_->decisions(i, i + 1, all.data());
      own.push_back(all[i]);
    }
    return own;
  }

  void check(std::uint32_t from, const EventBatch::Item& item) const {
    const std::size_t count = share_.agent_of.size();
    if (item.to >= count || item.from >= count || share_.agent_of[item.to] != share_.me ||
        share_.agent_of[item.from] != from || item.kind >= population_->messages().size())
      throw Error(ErrorCode::bad_input,
                  fmt::format("agent {} sends a message of type {} from computation {} to {}, which are not there",
                              from, item.kind, item.from, item.to));
  }
  void append(const Record& record, const std::byte* body) {
    const std::size_t size = detail::padded(record.size);
    if (static_cast<std::size_t>(coming_.end - coming_.at) < sizeof record + size)
      grow_log(coming_, sizeof record + size);
    std::memcpy(coming_.at, &record, sizeof record);
    if (size) std::memcpy(coming_.at + sizeof record, body, size);
    coming_.at += sizeof record + size;
  }

  /// Handles messages until there are none here, or enough were.
  void work() {
    for (std::uint64_t handled = 0; waiting() && handled < portion && !stopped(); handled += slice) {
      if (next_ == current_.at) {
        current_.at = current_.begin;
        std::swap(current_, coming_);
        next_ = current_.begin;
      }
      const std::byte* const begin = next_;
      next_ = skip_records(begin, current_.at, slice);
      news_.delivered += population_->receive(tables_.frame, begin, next_);
      changed_ = true;
      sort_out();
    }
    for (const std::uint32_t agent : std::exchange(filled_, {})) {
      ++sent_[agent].count;
      note_change(sent_, agent);
      outlet_.send(agent, std::exchange(outbox_[agent], {}));
    }
    changed_ |= !sent_.changed.empty() || !received_.changed.empty();
  }
  /// Puts what was sent where it belongs.
  void sort_out() {
    const std::byte* at = log_.begin;
    try {
      while (at != log_.at) at = sort_out(at);
    } catch (...) {
      population_->discard(at, log_.at);
      log_.at = log_.begin;
      throw;
    }
    log_.at = log_.begin;
  }
  const std::byte* sort_out(const std::byte* at) {
    Record record;
    std::memcpy(&record, at, sizeof record);
    const std::byte* const end = at + sizeof record + detail::padded(record.size);
    const std::uint32_t agent = share_.agent_of[record.to];
    if (agent == share_.me) {
      append(record, at + sizeof record);
      return end;
    }
    bytes_.clear();
    population_->write_message(at, bytes_);
    const auto* const first = reinterpret_cast<const std::uint8_t*>(bytes_.data());
    if (outbox_[agent].items.empty()) filled_.push_back(agent);
    outbox_[agent].items.push_back(
        {record.to, record.from, record.kind, record.checks, RemoteBytes(first, first + bytes_.size())});
    population_->discard(at, end);
    return end;
  }

  const std::uint32_t variables_;
  const bool periodic_;
  const RemoteShare share_;
  const std::atomic<bool>& infeasible_;
  const Outlet outlet_;
  EventTables tables_;
  const std::unique_ptr<Population> population_;
  EventServices services_;
  EventWatcher watcher_;
  std::vector<ComputationId> mine_;
  std::vector<KindTraffic> kinds_;
  Log log_{};                        ///< What the handlers of this slice sent.
  Log current_{}, coming_{};         ///< What is being handled, from `next_` on, and what comes after it.
  const std::byte* next_ = nullptr;  // first of what is left in `current_`
  std::vector<std::byte> bytes_;
  std::vector<EventBatch> outbox_;
  std::vector<std::uint32_t> filled_;  ///< Where `outbox_` has something.
  Channels sent_, received_;
  EventNews news_;
  std::size_t list_bytes_ = 0;
  bool changed_ = false;  ///< There is something to report besides notes.
};

}  // namespace

std::unique_ptr<RemotePart> make_remote_events(const Problem& problem, const EventTopology& topology,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share, void* workspace,
                                               const std::atomic<bool>& infeasible, RemotePart::Outlet outlet) {
  return std::make_unique<RemoteEvents>(problem, topology, algorithm, settings, control, share, workspace, infeasible,
                                        std::move(outlet));
}

}  // namespace entente::runtime
