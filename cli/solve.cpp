// SPDX-License-Identifier: MIT
// entente solve: reads a problem, runs an algorithm on it, prints the result.
#include "entente/solve.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "command.hpp"
#include "coordination.hpp"
#include "entente/base/error.hpp"
#include "entente/deploy.hpp"
#include "options.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "simulation_options.hpp"
#include "solving.hpp"

namespace entente::cli {
namespace {

class Solve final : public Command {
 public:
  explicit Solve(CLI::App& program) {
    app = program.add_subcommand("solve",
                                 "Finds the best joint decision of a problem's agents. Prints the result as JSON; with "
                                 "--output also into a file. Ctrl-C stops a run and prints the best found so far.");
    app->fallthrough();
    set_example(*app, "entente solve -t 5 --algo dsa --algo_params variant:B examples/smart_lights.yaml");
    solving_.declare(*app);
    add_choice(*app, "-m,--mode", mode_, {"thread", "process"},
               "where agents run: all in this process, or each in a process of its own, with a NATS server between "
               "them that is started and ended along with them");
    add_real(*app, "--delay", delay_, {0, 1e6}, "SECONDS",
             "wait before each message is handled (synchronous: each cycle)");
    add_text(*app, "--chart", chart_, "FILE",
             "schedule and resource problems with a target: draw it and the sum of all agents into this SVG file");
    simulation_.declare(*app);
    solving_.problem.declare(*app);
  }

  bool has_timeout() const override { return true; }
  int run(Invocation& invocation) override;

 private:
  int run_coordination(Invocation& invocation) const;
  bool processes() const { return mode_ == "process"; }

  Solving solving_;
  SimulationOptions simulation_;
  std::string mode_, chart_;
  double delay_ = 0;
};

int Solve::run_coordination(Invocation& invocation) const {
  const std::string& file = solving_.problem.files.front();
  if (processes())
    throw Error(ErrorCode::wrong_use,
                fmt::format("--mode process: schedule and resource problems, like '{}', are solved in one process",
                            printable(file, 200)));
  refuse_options(*app,
                 {"--distribution", "--collect_on", "--run_metrics", "--stream", "--end_metrics", "--delay", "--gap",
                  "--stop_cycle", "--memory", "--uiport", "--engine", "--infinity", "--evidence", "--ext"},
                 file);
  CoordinationRequest request;
  request.method = solving_.algorithm;
  for (const std::string& parameter : solving_.parameters)
    request.parameters.push_back(parse_pair(parameter, ':', "--algo_params"));
  if (solving_.bound) request.bound_seconds = solving_.bound;
  request.seed = invocation.options.seed;
  request.threads = thread_count(invocation);
  solving_.problem.check_output(invocation);
  const CoordinationProblem problem = read_coordination(invocation, file);
  request.timeout = time_limit(invocation);
  return solve_coordination(invocation, problem, request, chart_);
}

/// Agents load the plug-in that is asked for, and no other.
std::unique_ptr<AgentCrew> make_crew(Invocation& invocation, const std::string& algorithm) {
  ProcessCrewOptions options;
  if (algorithm.find('/') != algorithm.npos || algorithm.ends_with(".so"))
    options.agent_words.push_back("--plugin=" + algorithm);
  options.interrupt = &stop_gracefully();
  options.say = [&invocation](const std::string& text) { invocation.console.note(text); };
  return make_process_crew(options);
}

int Solve::run(Invocation& invocation) {
  solving_.check();
  begin_strict_timeout(invocation);
  const std::vector<std::string>& files = solving_.problem.files;
  if (files.size() == 1 && is_coordination_problem(files.front())) return run_coordination(invocation);
  if (!chart_.empty())
    throw Error(ErrorCode::wrong_use,
                "--chart: only schedule and resource problems have a target to draw; leave it out");

  SolveRequest request = solving_.request(invocation);
  request.delay = delay_;
  simulation_.fill(request);
  if (processes() && request.engine != Engine::local)
    throw Error(ErrorCode::wrong_use, "--mode process: a simulated run is one process; leave one of the two out");
  const Problem problem = solving_.problem.read(invocation);
  Output trace;
  simulation_.trace_to(trace, request);
  std::unique_ptr<AgentCrew> crew;
  if (processes()) {
    crew = make_crew(invocation, solving_.algorithm);
    request.crew = crew.get();
  }
  const int code = solving_.run(invocation, request, problem);
  trace.finish();
  return code;
}

}  // namespace

std::unique_ptr<Command> make_solve(CLI::App& program) { return std::make_unique<Solve>(program); }

}  // namespace entente::cli
