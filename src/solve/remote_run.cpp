// SPDX-License-Identifier: MIT
#include "solve/remote_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/carriers/task.hpp"
#include "entente/solve/remote.hpp"
#include "runtime/event_watcher.hpp"
#include "runtime/remote_cycles.hpp"
#include "runtime/remote_events.hpp"
#include "runtime/remote_factors.hpp"
#include "solve/remote_messages.hpp"

namespace entente {
namespace {

using runtime::RemoteOrder;
using Clock = runtime::RunControl::Clock;

/// How often the coordinator looks whether the user wants an end, in seconds.
constexpr double look_seconds = 0.05;

[[noreturn]] void throw_failure(const RemoteFailure& failure) {
  const bool known = failure.code <= std::uint8_t(ErrorCode::internal);
  throw Error(known ? ErrorCode(failure.code) : ErrorCode::internal, failure.message);
}

/// Leads the agents of one run. Not on the way of their messages.
class RemoteRun final : public Coordinator {
 public:
  RemoteRun(const RemoteTask& task, runtime::RemoteLead& lead, std::vector<Address> agents,
            std::vector<std::uint32_t> agent_of)
      : task_(task), lead_(lead), agents_(std::move(agents)), agent_of_(std::move(agent_of)) {
    for (std::uint32_t part = 0; part < agents_.size(); ++part) parts_[agents_[part].number] = part;
    said_last_.resize(agents_.size());
    busy_.resize(agents_.size());
  }

  Task<Content> start_optimization(Carrier& carrier, Content, Meta) override {
    carrier_ = &carrier;
    std::vector<std::pair<Address, Content>> jobs = make_jobs();
    const std::vector<Reply> replies = co_await carrier.gather_replies(std::move(jobs));
    for (const Reply& reply : replies) check(reply);
    began_ = Clock::now();
    watcher_.emplace(task_.control, [] {});
    begun_ = true;
    for (const Address agent : agents_) carrier.send(agent, RemoteOrder{});
    look();
    co_await carrier.wait_for(over_);
    seconds_ = std::chrono::duration<double>(Clock::now() - began_).count();
    for (const Address agent : agents_) carrier.send(agent, RemoteOrder{RemoteOrder::Kind::end, 0, 0, {}});
    co_await carrier.wait_for(all_said_);
    watcher_.reset();
    co_return Content();
  }

  void on_message(Carrier&, const Content& content, const Meta& meta) override {
    const auto part = parts_.find(meta.sender.number);
    const RemoteFailure* const failure = content.get<RemoteFailure>();
    if (part == parts_.end() || (!begun_ && !failure))
      throw Error(ErrorCode::bad_input, fmt::format("a {} came from address {}, which takes no part in this run",
                                                    content.type_name(), meta.sender.number));
    if (failure) throw_failure(*failure);
    if (const RemoteLast* const last = content.get<RemoteLast>()) {
      if (!over_.is_set() || std::exchange(said_last_[part->second], std::uint8_t(1)))
        throw Error(ErrorCode::bad_input, fmt::format("agent {} ended before the run did", part->second));
      busy_[part->second] = last->busy;
      if (++ended_ == agents_.size()) all_said_.set(true);
      return;
    }
    lead_.take(part->second, content);
    if (!over_.is_set()) look();
  }

  /// Whether the agents were told to.
  bool begun() const { return begun_; }
  /// After the run, also one that agents were lost in.
  runtime::RunResult conclude() {
    watcher_.reset();
    runtime::RunResult result;
    lead_.conclude(end_, result);
    // The crew may have ended it before.
    if (begun_ && !over_.is_set()) seconds_ = std::chrono::duration<double>(Clock::now() - began_).count();
    result.seconds = seconds_;
    for (const double busy : busy_) result.busy_seconds += busy;
    result.agent_busy = busy_;
    return result;
  }

 private:
  std::vector<std::pair<Address, Content>> make_jobs() const {
    RemoteJob job;
    job.problem = describe_problem(task_.problem, task_.control.seed);
    job.algorithm = task_.algorithm.info.name;
    job.settings.assign(task_.settings.begin(), task_.settings.end());
    job.seed = task_.control.seed;
    job.stop_cycle = task_.control.stop_cycle;
    job.memory = task_.memory;
    job.delay = task_.control.delay;
    if (task_.control.deadline != Clock::time_point::max())
      job.seconds = std::max(1e-3, std::chrono::duration<double>(task_.control.deadline - Clock::now()).count());
    for (const Address agent : agents_) job.addresses.push_back(agent.number);
    job.agent_of = agent_of_;
    const Content content(std::move(job));  // one for all
    std::vector<std::pair<Address, Content>> jobs;
    for (const Address agent : agents_) jobs.emplace_back(agent, content);
    return jobs;
  }

  static void check(const Reply& reply) {
    reply.failure.rethrow();
    const RemoteReady& ready = reply.content.as<RemoteReady>();
    if (!ready.failure.message.empty()) throw_failure(ready.failure);
  }

  /// Whether the run is over, and what agents have to be told meanwhile.
  void look() {
    lead_.look_around([this](std::uint32_t part, const RemoteOrder& order) {
      if (part < agents_.size()) return carrier_->send(agents_[part], order);
      for (const Address agent : agents_) carrier_->send(agent, order);
    });
    if (const auto end = lead_.over())
      finish(*end);
    else if (watcher_->stop().load(std::memory_order_acquire))
      finish(watcher_->reason());
    else if (!looking_ && (task_.control.interrupt || task_.control.deadline != Clock::time_point::max()))
      look_later();
  }
  void look_later() {
    looking_ = true;
    carrier_->schedule(look_seconds, [this] {
      looking_ = false;
      if (!over_.is_set()) look();
    });
  }
  void finish(runtime::RunEnd end) {
    end_ = end;
    over_.set(true);
  }

  const RemoteTask& task_;
  runtime::RemoteLead& lead_;
  const std::vector<Address> agents_;
  const std::vector<std::uint32_t> agent_of_;
  std::unordered_map<std::uint32_t, std::uint32_t> parts_;  ///< By address.
  Carrier* carrier_ = nullptr;
  std::optional<runtime::EventWatcher> watcher_;
  bool begun_ = false, looking_ = false;
  EventWithValue<bool> over_{"the agents to come to an end"}, all_said_{"the agents' last reports"};
  std::vector<std::uint8_t> said_last_;
  std::size_t ended_ = 0;
  runtime::RunEnd end_ = runtime::RunEnd::interrupted;
  Clock::time_point began_;
  double seconds_ = 0;
  std::vector<double> busy_;  ///< Seconds, by agent.
};

}  // namespace

runtime::RunResult run_remote(const RemoteTask& task, const MakeLead& make_lead) {
  // Agents that host nothing are left in peace.
  std::vector<std::uint32_t> part_of(task.hosting.agents.size(), no_id), agent_of;
  std::vector<std::string> names;
  for (const std::uint32_t host : task.hosting.host) {
    if (part_of[host] == no_id) {
      part_of[host] = std::uint32_t(names.size());
      names.push_back(task.hosting.agents[host]);
    }
    agent_of.push_back(part_of[host]);
  }
  const auto waited_from = Clock::now();
  std::vector<Address> addresses = task.crew.assemble(names);
  runtime::RunControl control = task.control;
  if (!task.crew.waiting_counts && control.deadline != Clock::time_point::max())
    control.deadline += Clock::now() - waited_from;
  const RemoteTask begun{task.problem, task.algorithm, task.settings, control, task.hosting, task.crew, task.memory};
  const std::unique_ptr<runtime::RemoteLead> lead = make_lead(control, {agent_of, std::uint32_t(names.size()), 0});
  RemoteRun run(begun, *lead, std::move(addresses), agent_of);
  task.crew.lead(run, Content());
  if (!run.begun()) throw Error(ErrorCode::bad_input, task.crew.lost());
  runtime::RunResult result = run.conclude();
  std::vector<double> busy(task.hosting.agents.size());
  for (std::size_t a = 0; a < busy.size(); ++a)
    if (part_of[a] != no_id) busy[a] = result.agent_busy[part_of[a]];
  result.agent_busy = std::move(busy);
  return result;
}

runtime::RunResult run_remote_cycles(const RemoteTask& task, const kernel::LocalCosts& costs) {
  return run_remote(task, [&](const runtime::RunControl& control, const runtime::RemoteShare& share) {
    return runtime::lead_remote_cycles(task.problem, costs, task.algorithm, task.settings, control, share);
  });
}

runtime::RunResult run_remote_factors(const RemoteTask& task) {
  return run_remote(task, [&](const runtime::RunControl& control, const runtime::RemoteShare& share) {
    return runtime::lead_remote_factors(task.problem, task.algorithm, task.settings, control, share);
  });
}

runtime::RunResult run_remote_events(const RemoteTask& task) {
  return run_remote(task, [&](const runtime::RunControl& control, const runtime::RemoteShare& share) {
    return runtime::lead_remote_events(task.problem, std::uint32_t(share.agent_of.size()), task.algorithm,
                                       task.settings, control, share);
  });
}

}  // namespace entente
