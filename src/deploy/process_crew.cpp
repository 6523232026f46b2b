// SPDX-License-Identifier: MIT
// Agents as processes of this machine, and the NATS server between them.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>

#include "deploy/broker.hpp"
#include "deploy/child_processes.hpp"
#include "deploy/descriptor.hpp"
#include "deploy/lead.hpp"
#include "deploy/reception.hpp"
#include "entente/base/error.hpp"
#include "entente/deploy.hpp"

namespace entente {
namespace {

constexpr const char* run = "process";

/// The path of the program that is running.
std::string this_program() {
  const std::string self = "/proc/self/exe";
  std::array<char, 4096> path;
  const ssize_t length = readlink(self.c_str(), path.data(), path.size());
  // A program that was replaced while it runs can still be started from where the kernel keeps it.
  if (length <= 0 || std::size_t(length) == path.size()) return self;
  const std::string found(path.data(), static_cast<std::size_t>(length));
  return ::access(found.c_str(), X_OK) == 0 ? found : self;
}

/// A process that watches hundreds of others needs a descriptor for each; what the system allows is often more than
/// what it gives at first.
void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class ProcessCrew final : public AgentCrew {
 public:
  explicit ProcessCrew(const ProcessCrewOptions& options)
      : options_(options),
        life_(deploy::make_pipe()),
        children_([this](std::size_t child, const deploy::ChildEnd& end) { notice(child, end); }),
        broker_(children_, options.server) {}

  ~ProcessCrew() override {
    reception_.reset();
    children_.kill_all();
  }

  std::vector<Address> assemble(const std::vector<std::string>& agents) override {
    const NatsAccess& access = broker_.access(options_.patience, options_.interrupt);
    reception_.emplace(access, run, agents, std::vector<ExpectedAgent>(), options_.say);
    {
      const std::lock_guard lock(mutex_);
      agents_ = agents;
    }
    for (const std::string& agent : agents) start(agent, access.url);
    reception_->wait(options_.patience, false, [this] { check(); });
    return deploy::addresses(static_cast<std::uint32_t>(agents.size()));
  }

  Content lead(Coordinator& coordinator, Content start) override {
    const deploy::Membership membership{reception_->connection(), reception_->session(),
                                        static_cast<std::uint32_t>(agents_.size()), options_.say};
    try {
      Content result = deploy::lead(membership, agents_, somebody_died_, lost_, coordinator, std::move(start));
      over_ = !somebody_died_;
      return result;
    } catch (const std::exception&) {
      // What follows from a death is of less interest than the death.
      if (!somebody_died_) throw;
      return Content();
    }
  }

  std::string lost() const override {
    const std::lock_guard lock(mutex_);
    return death_.empty() ? lost_ : death_;
  }

 private:
  void start(const std::string& agent, const std::string& url) {
    deploy::ChildCommand command;
    command.label = fmt::format("agent '{}'", agent);
    command.words = {options_.program.empty() ? this_program() : options_.program,
                     "agent",
                     "--agent=" + agent,
                     "--nats=" + url,
                     "--credentials=/dev/fd/3",
                     "--parent=4",
                     std::string("--run=") + run};
    command.words.insert(command.words.end(), options_.agent_words.begin(), options_.agent_words.end());
    command.files = {{broker_.credentials().number(), 3}, {life_.read.number(), 4}};
    children_.start(std::move(command));
  }

  /// On the watching thread. The server is child 0, agent i is child i + 1.
  void notice(std::size_t child, const deploy::ChildEnd& end) {
    // Agents are done a moment before the run is, as seen from here.
    if (over_ || (child != 0 && end.well)) return;
    const std::lock_guard lock(mutex_);
    if (death_.empty())
      death_ = child == 0 ? fmt::format("the NATS server {}", end.how)
                          : fmt::format("agent '{}' {}", printable(agents_.at(child - 1)), end.how);
    somebody_died_ = true;
  }
  void throw_death() {
    const std::lock_guard lock(mutex_);
    if (!death_.empty()) throw Error(ErrorCode::bad_input, death_);
  }
  void check() {
    throw_death();
    if (options_.interrupt && options_.interrupt->load())
      throw Error(ErrorCode::bad_input, "stopped before all agents were there");
  }

  ProcessCrewOptions options_;
  deploy::Pipe life_;  // agents hold one end; the other is closed with this process
  mutable std::mutex mutex_;
  std::vector<std::string> agents_;
  std::string death_, lost_;
  std::atomic<bool> somebody_died_ = false, over_ = false;
  deploy::ChildProcesses children_;
  deploy::Broker broker_;
  std::optional<deploy::Reception> reception_;
};

}  // namespace

std::unique_ptr<AgentCrew> make_process_crew(const ProcessCrewOptions& options) {
  allow_many_files();
  return std::make_unique<ProcessCrew>(options);
}

}  // namespace entente
