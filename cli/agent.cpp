// SPDX-License-Identifier: MIT
// entente agent: agents of a run that an orchestrator leads, here or on other machines.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <thread>

#include "command.hpp"
#include "entente/base/error.hpp"
#include "entente/deploy.hpp"
#include "options.hpp"
#include "server_options.hpp"
#include "signals.hpp"

namespace entente::cli {
namespace {

class Agent final : public Command {
 public:
  explicit Agent(CLI::App& program) {
    app = program.add_subcommand("agent",
                                 "Runs agents that take part in what an 'entente orchestrator' leads, over a NATS "
                                 "server. They may be started before it or after it, and end with the run.");
    app->fallthrough();
    set_example(*app, "entente agent --names a1 a2 --nats tls://broker.example:4222 --credentials agents.yaml");
    add_texts(*app, "-n,--names", names_, "NAME", "which agents of the problem these are; each has a thread of its own")
        ->allow_extra_args(true);
    server_.declare(*app);
    add_real(*app, "--capacity", capacity_, {0}, "NUMBER",
             "how much the agent can host; the orchestrator places by the problem's capacities, and says where these "
             "differ");
    add_flag(*app, "--restart", restart_, "wait for the next run after one, also after one that failed");
    add_real(*app, "--delay", delay_, {0, 1e6}, "SECONDS",
             "wait before each message is handled (synchronous: each cycle)");
    add_texts(*app, "--plugin", plugins_, "FILE",
              "an algorithm of one's own, as in ./mine.so, that a run may use; may be repeated; no others are loaded, "
              "whatever the orchestrator says");
    // The parser takes names like [a,b] apart where several may follow; programs use this one.
    add_texts(*app, "--agent", agents_, "NAME", "one more name")->group("");
    add_whole(*app, "--parent", parent_, 0, 1024, "DESCRIPTOR", "end when nobody has this pipe open any more")
        ->group("");
    add_replaced(*app, "-o,--orchestrator",
                 "agents and orchestrator meet at a NATS server; give both its address with --nats nats://HOST:4222");
    add_replaced(*app, "--address", "agents listen nowhere; where the NATS server is, is said with --nats");
    add_replaced(*app, "-p,--port", "agents listen nowhere; the port of the NATS server belongs to --nats URL");
    add_replaced(*app, "-i,--uiport", "the state of a run is shown by who leads it; give --uiport to the orchestrator");
    add_replaced(*app, "--replication", "there is no replication of computations yet", true);
  }

  int run(Invocation& invocation) override {
    names_.insert(names_.end(), agents_.begin(), agents_.end());
    if (names_.empty()) throw Error(ErrorCode::wrong_use, "--names is missing; it says which agents these are");
    if (std::set<std::string>(names_.begin(), names_.end()).size() != names_.size())
      throw Error(ErrorCode::wrong_use, "--names: an agent is named twice");
    // Whoever started us may be gone already, and nobody would tell us what we wait for.
    if (parent_) end_with_parent(static_cast<int>(*parent_));
    AgentServiceOptions options;
    options.access = server_.access(invocation);
    options.run = server_.run;
    options.capacity = capacity_;
    options.delay = delay_;
    options.restart = restart_;
    options.plugins = plugins_;
    options.interrupt = &stop_gracefully();
    options.say = [&invocation](const std::string& text) { invocation.console.note(text); };

    std::vector<int> codes(names_.size(), exit_ok);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      options.name = names_[i];
      threads.emplace_back([&invocation, options, &code = codes[i]] { code = serve(invocation, options); });
    }
    for (std::thread& thread : threads) thread.join();
    if (const int signal = caught_signal()) return 128 + signal;
    return *std::max_element(codes.begin(), codes.end());
  }

 private:
  /// What befalls one agent does not keep the others of this process from their work.
  static int serve(Invocation& invocation, const AgentServiceOptions& options) {
    try {
      serve_agent(options);
      return exit_ok;
    } catch (const Error& error) {
      invocation.console.error(error.what());
      return error.code() == ErrorCode::internal ? exit_internal : exit_wrong_use;
    } catch (const std::exception& error) {
      invocation.console.error(fmt::format("agent '{}': internal fault: {}", printable(options.name), error.what()));
      return exit_internal;
    }
  }

  ServerOptions server_;
  std::vector<std::string> names_, agents_, plugins_;
  std::optional<double> capacity_;
  std::optional<std::uint64_t> parent_;
  double delay_ = 0;
  bool restart_ = false;
};

}  // namespace

std::unique_ptr<Command> make_agent(CLI::App& program) { return std::make_unique<Agent>(program); }

}  // namespace entente::cli
