// SPDX-License-Identifier: MIT
// entente orchestrator: solves a problem with agents that run elsewhere.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "command.hpp"
#include "entente/base/error.hpp"
#include "entente/deploy.hpp"
#include "entente/solve/coordinate.hpp"
#include "options.hpp"
#include "server_options.hpp"
#include "signals.hpp"
#include "solving.hpp"

namespace entente::cli {
namespace {

class Orchestrator final : public Command {
 public:
  explicit Orchestrator(CLI::App& program) {
    app = program.add_subcommand("orchestrator",
                                 "Solves a problem with agents that 'entente agent' runs, here or on other machines, "
                                 "over a NATS server. Waits for those that host something. Prints what 'entente solve' "
                                 "prints.");
    app->fallthrough();
    set_example(*app,
                "entente orchestrator -a dsa --stop_cycle 100 --nats tls://broker.example:4222 "
                "--credentials orchestrator.yaml examples/smart_lights.yaml");
    solving_.declare(*app);
    server_.declare(*app);
    add_real(*app, "--wait", wait_, {0, 1e9}, "SECONDS",
             "give up when agents are missing after this time; 0: wait as long as it takes");
    add_replaced(*app, "--address", "the orchestrator listens nowhere; where the NATS server is, is said with --nats");
    add_replaced(*app, "--port", "the orchestrator listens nowhere; the port of the NATS server belongs to --nats URL");
    add_replaced(*app, "-k,--ktarget", "there is no replication of computations yet");
    add_replaced(*app, "-s,--scenario", "there are no scenarios yet");
    solving_.problem.declare(*app);
  }

  bool has_timeout() const override { return true; }
  int run(Invocation& invocation) override;

 private:
  Solving solving_;
  ServerOptions server_;
  double wait_ = 0;
};

int Orchestrator::run(Invocation& invocation) {
  solving_.check();
  begin_strict_timeout(invocation);
  const std::vector<std::string>& files = solving_.problem.files;
  if (files.size() == 1 && is_coordination_problem(files.front()))
    throw Error(ErrorCode::wrong_use,
                fmt::format("{}: schedule and resource problems are solved in one process; use 'entente solve'",
                            printable(files.front(), 200)));
  OrchestratorOptions options;
  options.access = server_.access(invocation);
  options.run = server_.run;
  options.patience = wait_;
  options.interrupt = &stop_gracefully();
  options.say = [&invocation](const std::string& text) { invocation.console.note(text); };

  SolveRequest request = solving_.request(invocation);
  const Problem problem = solving_.problem.read(invocation);
  for (const AgentDefinition& agent : problem.agents()) options.agents.push_back({agent.name, agent.capacity});
  const std::unique_ptr<AgentCrew> crew = make_orchestrator_crew(options);
  request.crew = crew.get();
  return solving_.run(invocation, request, problem);
}

}  // namespace

std::unique_ptr<Command> make_orchestrator(CLI::App& program) { return std::make_unique<Orchestrator>(program); }

}  // namespace entente::cli
