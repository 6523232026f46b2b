// SPDX-License-Identifier: MIT
// An agent elsewhere: takes a job, runs its part of it, reports.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/solve/remote.hpp"
#include "runtime/remote_cycle_messages.hpp"
#include "runtime/remote_event_messages.hpp"
#include "runtime/remote_factor_messages.hpp"
#include "runtime/rest_tree.hpp"
#include "solve/remote_messages.hpp"
#include "solve/remote_work.hpp"

namespace entente {
namespace {

using Clock = std::chrono::steady_clock;
using runtime::RemoteOrder;

/// Reports do not wait for more if they have so many bytes.
constexpr std::size_t report_bytes = 64 << 10;
/// What other agents may say to one that has not been told to begin.
constexpr std::size_t most_early = 1 << 20;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

class RemoteAgent final : public Participant {
 public:
  explicit RemoteAgent(RemoteAgentOptions options) : options_(std::move(options)) {}

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    if (state_ == State::ended) return;
    carrier_ = &carrier;
    try {
      const auto began = Clock::now();
      if (content.holds<RemoteJob>())
        take_job(content.as<RemoteJob>(), meta);
      else if (const RemoteOrder* const order = content.get<RemoteOrder>())
        obey(*order, meta);
      else
        hear(content, meta);
      busy_ += seconds_since(began);
      if (state_ == State::running) settle();
    } catch (const Error& error) {
      fail(error.code(), error.what());
    } catch (const std::bad_alloc&) {
      fail(ErrorCode::too_large, "there is not enough memory");
    } catch (const std::exception& error) {
      fail(ErrorCode::internal, error.what());
    }
  }

 private:
  enum class State : std::uint8_t { waiting, ready, running, ended };

  void take_job(const RemoteJob& job, const Meta& meta) {
    if (state_ != State::waiting) throw Error(ErrorCode::bad_input, "an agent was given a second job");
    leader_ = meta.sender;
    RemoteReady ready;
    try {
      runtime::RemotePart::Outlet outlet;
      outlet.send = [this](std::uint32_t part, Content content) {
        carrier_->send(Address{addresses_[part]}, std::move(content));
      };
      outlet.report = [this](Content content) { carrier_->send(leader_, std::move(content)); };
      addresses_ = job.addresses;
      for (std::uint32_t part = 0; part < addresses_.size(); ++part) parts_[addresses_[part]] = part;
      const auto me = parts_.find(carrier_->address().number);
      if (me == parts_.end()) throw Error(ErrorCode::bad_input, "a job has no place for this agent");
      work_ = std::make_unique<RemoteWork>(job, me->second, options_.plugins, std::move(outlet));
      delay_ = options_.delay + job.delay;
      state_ = State::ready;
    } catch (const Error& error) {
      ready.failure = {std::uint8_t(error.code()), error.what()};
    } catch (const std::bad_alloc&) {
      ready.failure = {std::uint8_t(ErrorCode::too_large), "there is not enough memory"};
    } catch (const std::exception& error) {
      ready.failure = {std::uint8_t(ErrorCode::internal), error.what()};
    }
    carrier_->reply(meta, std::move(ready));
  }

  void obey(const RemoteOrder& order, const Meta& meta) {
    if (meta.sender != leader_ || !work_)
      throw Error(ErrorCode::bad_input,
                  fmt::format("an order came from address {}, which does not lead this run", meta.sender.number));
    if (order.kind == RemoteOrder::Kind::begin) {
      if (state_ != State::ready) throw Error(ErrorCode::bad_input, "an agent was told to begin twice");
      state_ = State::running;
      reported_ = Clock::now();
      work_->part().begin();
      for (const auto& [part, content] : std::exchange(early_, {})) work_->part().hear(part, content);
    } else if (order.kind == RemoteOrder::Kind::end) {
      state_ = State::ended;
      work_->part().end();
      carrier_->send(leader_, RemoteLast{busy_});
    } else if (state_ == State::running) {
      work_->part().obey(order);
    }
  }

  void hear(const Content& content, const Meta& meta) {
    const auto part = parts_.find(meta.sender.number);
    if (part == parts_.end() || !work_)
      throw Error(ErrorCode::bad_input, fmt::format("a {} came from address {}, which takes no part in this run",
                                                    content.type_name(), meta.sender.number));
    wait_out_delay();
    if (state_ == State::running) return work_->part().hear(part->second, content);
    if (early_.size() >= most_early) throw Error(ErrorCode::too_large, "too many messages before the run began");
    early_.emplace_back(part->second, content);
  }

  void wait_out_delay() const {
    if (delay_ > 0) std::this_thread::sleep_for(std::chrono::duration<double>(std::min(delay_, 60.0)));
  }

  /// What follows a handler: more work, in portions, so that others are heard in between; and reports.
  void settle() {
    runtime::RemotePart& part = work_->part();
    if (part.can_go_on() && !going_on_) {
      going_on_ = true;
      carrier_->schedule(0, [this] { go_on(); });
    }
    const std::size_t unreported = part.unreported();
    if (unreported == 0) return;
    const double delay = part.report_delay();
    const bool now = delay > 0 ? seconds_since(reported_) >= delay : !going_on_;
    if (unreported >= report_bytes || now) return report();
    if (reporting_) return;
    reporting_ = true;
    carrier_->schedule(delay, [this] {
      reporting_ = false;
      if (state_ == State::running && work_->part().unreported() > 0) report();
    });
  }
  void report() {
    reported_ = Clock::now();
    work_->part().report();
  }
  void go_on() {
    going_on_ = false;
    if (state_ != State::running) return;
    try {
      const auto began = Clock::now();
      work_->part().go_on();
      busy_ += seconds_since(began);
      settle();
    } catch (const Error& error) {
      fail(error.code(), error.what());
    } catch (const std::exception& error) {
      fail(ErrorCode::internal, error.what());
    }
  }

  /// The run cannot go on: whoever leads it throws what would have been thrown here.
  void fail(ErrorCode code, const std::string& message) {
    if (options_.say) options_.say(message);
    if (leader_ == Address{}) throw Error(code, message);
    state_ = State::ended;
    carrier_->send(leader_, RemoteFailure{std::uint8_t(code), message});
  }

  const RemoteAgentOptions options_;
  State state_ = State::waiting;
  Carrier* carrier_ = nullptr;
  Address leader_;
  double delay_ = 0, busy_ = 0;
  std::unique_ptr<RemoteWork> work_;
  std::vector<std::uint32_t> addresses_;
  std::unordered_map<std::uint32_t, std::uint32_t> parts_;  ///< By address.
  std::vector<std::pair<std::uint32_t, Content>> early_;    ///< Who was told to begin before this agent is ahead of it.
  Clock::time_point reported_;
  bool going_on_ = false, reporting_ = false;
};

}  // namespace

std::unique_ptr<Participant> make_remote_agent(const RemoteAgentOptions& options) {
  return std::make_unique<RemoteAgent>(options);
}

ContentTypes& add_remote_messages(ContentTypes& types) {
  types.add<RemoteJob>().add<RemoteReady>().add<RemoteFailure>().add<RemoteLast>().add<RemoteOrder>();
  types.add<runtime::CycleBatch>().add<runtime::CycleEntries>().add<runtime::RemoteRest>();
  types.add<runtime::FactorBatch>().add<runtime::FactorEntries>();
  types.add<runtime::EventBatch>().add<runtime::EventNews>().add<runtime::EventLast>();
  return types;
}

}  // namespace entente
