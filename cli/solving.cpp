// SPDX-License-Identifier: MIT
#include "solving.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <thread>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"
#include "entente/placement.hpp"
#include "entente/solve/remote.hpp"
#include "live.hpp"
#include "metrics_csv.hpp"
#include "options.hpp"
#include "output.hpp"
#include "result_json.hpp"
#include "signals.hpp"

namespace entente::cli {
namespace {

std::string progress_line(const Progress& p) {
  const std::string bound = p.bound ? fmt::format("  bound {:.10g}", *p.bound) : "";
  return fmt::format("cycle {}  cost {:.10g}  violations {}  best {:.10g} with {}{}  {:.1f} s", p.cycle, p.cost,
                     p.violations, p.best_cost, p.best_violations, bound, p.seconds);
}

bool is_placement_method(const std::string& name) {
  const std::vector<PlacementMethod> methods = placement_methods();
  return std::any_of(methods.begin(), methods.end(), [&](const auto& method) { return method.name == name; });
}

}  // namespace

double seconds_since_start(const Invocation& invocation) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - invocation.started).count();
}

void begin_strict_timeout(const Invocation& invocation) {
  const double strict = invocation.options.strict_timeout;
  if (strict > 0) end_process_in(std::max(1e-6, strict - seconds_since_start(invocation)));
}

double time_limit(const Invocation& invocation) {
  const double asked = invocation.options.timeout, strict = invocation.options.strict_timeout;
  if (strict <= 0) return asked;
  const double left = strict - seconds_since_start(invocation);
  const double limit = std::max(1e-6, left - std::min(0.5, 0.1 * left));
  return asked > 0 ? std::min(asked, limit) : limit;
}

int thread_count(const Invocation& invocation) {
  if (invocation.options.threads > 0) return static_cast<int>(invocation.options.threads);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void Solving::declare(CLI::App& app) {
  add_text(app, "-a,--algo", algorithm, "ALGORITHM",
           "algorithm to run, see 'entente algorithms', or the path of a plug-in, as in ./mine.so; without it one is "
           "picked: exact where that fits the memory");
  add_texts(app, "-p,--algo_params", parameters, "NAME:VALUE",
            "set a parameter of the algorithm; may be repeated; 'entente algorithms ALGORITHM' shows their ranges");
  add_text(
      app, "-d,--distribution", distribution_, "METHOD|FILE",
      "which agent hosts what: 'oneagent' gives each computation an agent of its own and fails when there are too "
      "few, the other ways to place are those of 'entente distribute', a YAML file says it in full; without it, where "
      "there are too few agents, adhoc places within capacities and hints, or agents take computations in turn");
  add_choice(app, "-c,--collect_on", collect_, {"value_change", "cycle_change", "period"},
             "when to write a row of --run_metrics or --stream; cycle_change without cycles: when a better "
             "assignment or bound is known");
  period_option_ =
      add_real(app, "--period", period_, {1e-3, 1e9}, "SECONDS", "time between two rows; needs --collect_on period");
  add_text(app, "--run_metrics", run_metrics_, "FILE",
           "write metrics during the run to this CSV file; needs --collect_on");
  add_flag(app, "--stream", stream_,
           "print JSON lines while solving, one for each row that --collect_on asks for (default cycle_change), and "
           "the result as the last line; --output gets the result alone");
  add_text(app, "--end_metrics", end_metrics_, "FILE", "append one row of metrics to this CSV file at the end");
  add_real(app, "--bound", bound, {0, 1e9}, "SECONDS",
           "time to spend on proving how good the answer is, beside the run and after it; 0: none; "
           "without it a little counted work, the same in every run");
  add_real(app, "--gap", gap_, {0, 1}, "RATIO",
           "stop once the answer is proven to be this close to the best, as in 0.01; 0: proven best");
  add_whole(app, "--stop_cycle", stop_cycle_, 0, no_limit, "N", "stop after this many cycles; 0: no limit");
  add_bytes(app, "--memory", memory_,
            "most memory for all tables of an exact algorithm together, as in 512M or 4G "
            "[1 or more; default half of what is free]");
  add_whole(app, "--uiport", ui_port_, 0, 65535, "PORT",
            "show the run at this port of 127.0.0.1 while it goes on: a page, JSON and a WebSocket; 0: any that is "
            "free, which is said on standard error");
}

void Solving::check() const {
  if (period_option_->count() > 0 && collect() != Collect::period) {
    throw Error(ErrorCode::wrong_use, "--period only makes sense together with '--collect_on period'");
  }
  if (!run_metrics_.empty() && collect() == Collect::none) {
    throw Error(ErrorCode::wrong_use,
                "--run_metrics needs to know when to write a row; add '--collect_on value_change', 'cycle_change' or "
                "'period'");
  }
}

Collect Solving::collect() const {
  if (collect_ == "value_change") return Collect::value_change;
  if (collect_ == "cycle_change" || (stream_ && collect_.empty())) return Collect::cycle_change;
  return collect_ == "period" ? Collect::period : Collect::none;
}

std::optional<Distribution> Solving::read_hosts() const {
  if (distribution_.empty() || is_placement_method(distribution_)) return std::nullopt;
  struct stat what {};
  std::vector<std::string> methods;
  for (const PlacementMethod& method : placement_methods()) methods.push_back(method.name);
  if (distribution_ != "-" && ::stat(distribution_.c_str(), &what) != 0) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("--distribution: '{}' is neither a way to place nor a file that exists{}; ways are {}",
                            printable(distribution_), did_you_mean(distribution_, methods), fmt::join(methods, ", ")));
  }
  return read_distribution(distribution_);
}

SolveRequest Solving::request(Invocation& invocation) const {
  SolveRequest request;
  request.algorithm = algorithm;
  for (const std::string& parameter : parameters) {
    request.parameters.push_back(parse_pair(parameter, ':', "--algo_params"));
  }
  request.stop_cycle = stop_cycle_;
  request.timeout = invocation.options.timeout;
  request.seed = invocation.options.seed;
  request.threads = thread_count(invocation);
  request.memory = memory_;
  request.bound_seconds = bound;
  request.gap = gap_;
  request.distribution = read_hosts();
  if (is_placement_method(distribution_)) request.placement = distribution_;
  request.collect = run_metrics_.empty() && !stream_ ? Collect::none : collect();
  request.period = period_;
  request.say = [&invocation](const std::string& text) { invocation.console.note(text); };
  if (invocation.options.verbosity >= 3) {
    request.on_progress = [&invocation](const Progress& p) { invocation.console.debug(progress_line(p)); };
  } else if (invocation.console.live()) {
    request.on_progress = [&invocation](const Progress& p) { invocation.console.progress(progress_line(p)); };
  }
  return request;
}

/// Where nothing but the stream is asked for, the run ends when its reader has seen enough.
void Solving::collect_rows(SolveRequest& request, Output& rows, Output& stream, bool only_stream) const {
  if (!run_metrics_.empty()) {
    rows.add_file(run_metrics_, "--run_metrics");
    rows.write(metrics_header(collect()));
  } else if (!stream_) {
    return;
  }
  request.on_collect = [this, &rows, &stream, only_stream](const Progress& progress) {
    if (stream_) {
      stream.write(progress_json(progress));
      stream.flush();
      if (only_stream && !stream.is_open()) stop_now();
    }
    if (run_metrics_.empty()) return;
    rows.write(metrics_row(collect(), progress));
    // Somebody may be following a periodic file; the other kinds write too many rows for that.
    if (collect() == Collect::period) rows.flush();
  };
}

int Solving::run(Invocation& invocation, SolveRequest request, const Problem& problem) const {
  Output stream, result, rows, last_row;
  const std::string& file = invocation.options.output;
  if (!stream_) {
    add_result_places(result, invocation);
  } else {
    stream.add_standard_output();
    if (!file.empty()) result.add_file(file, "--output");
  }
  collect_rows(request, rows, stream, file.empty() && run_metrics_.empty() && end_metrics_.empty());
  if (!end_metrics_.empty() && last_row.append_to_file(end_metrics_, "--end_metrics")) {
    last_row.write(metrics_header(collect()));
  }
  request.timeout = time_limit(invocation);

  request.interrupt = &stop_gracefully();
  std::optional<LiveRun> live;
  if (ui_port_) live.emplace(invocation, problem, static_cast<std::uint16_t>(*ui_port_), request);
  if (request.crew) request.crew->waiting_counts = invocation.options.strict_timeout > 0;
  Outcome outcome;
  try {
    outcome = solve(problem, request);
  } catch (const Error& error) {
    // Before there was anything to stop: while agents were awaited, say.
    if (!caught_signal()) throw;
    invocation.console.note(error.what());
    return 128 + caught_signal();
  }
  end_process_in(0);
  invocation.console.end_progress();
  const bool known = has_assignment(problem, outcome);
  if (!outcome.message.empty()) invocation.console.note(outcome.message);

  if (stream_) write_result(stream, problem, outcome, invocation.options.seed, JsonForm::line);
  if (!stream_ || !file.empty()) write_result(result, problem, outcome, invocation.options.seed, JsonForm::document);
  stream.finish();
  result.finish();
  if (!run_metrics_.empty()) rows.write(metrics_row(collect(), outcome, known));
  rows.finish();
  if (!end_metrics_.empty()) last_row.write(metrics_row(collect(), outcome, known));
  last_row.finish();
  invocation.console.info(fmt::format("{} after {:.3f} s: cost {}, {} violations, {} cycles, {} messages",
                                      status_name(outcome.status), outcome.seconds, outcome.cost, outcome.violations,
                                      outcome.cycles, outcome.messages));
  if (const int signal = caught_signal()) return 128 + signal;
  if (outcome.status == Status::error) return exit_internal;
  return outcome.status == Status::infeasible ? exit_negative : exit_ok;
}

}  // namespace entente::cli
