// SPDX-License-Identifier: MIT
// What `entente solve` and `entente orchestrator` have in common: options of a run, the run, and what is printed of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "entente/problem/problem.hpp"
#include "entente/solve.hpp"
#include "problem_files.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace entente::cli {

class Solving {
 public:
  /// Adds the options to `app`; those of `problem` are added by themselves, after what else the command has.
  void declare(CLI::App& app);
  /// Throws Error{wrong_use} for options that make no sense together.
  void check() const;
  /// What the options ask for.
  SolveRequest request(Invocation& invocation) const;
  /// Solves, writes what was asked for to its places, and returns the exit code.
  int run(Invocation& invocation, SolveRequest request, const Problem& problem) const;

  ProblemFiles problem;
  std::string algorithm;
  std::vector<std::string> parameters;
  std::optional<double> bound;

 private:
  std::optional<Distribution> read_hosts() const;
  Collect collect() const;
  void collect_rows(SolveRequest& request, Output& rows, Output& stream, bool only_stream) const;

  std::string distribution_, collect_, run_metrics_, end_metrics_;
  bool stream_ = false;
  double period_ = 1;
  std::optional<double> gap_;
  std::uint64_t stop_cycle_ = 0;
  std::size_t memory_ = 0;
  std::optional<std::uint64_t> ui_port_;
  CLI::Option* period_option_ = nullptr;
};

/// Seconds since the program started.
double seconds_since_start(const Invocation& invocation);
/// Lets --strict_timeout end the program, if it was given.
void begin_strict_timeout(const Invocation& invocation);
/// The limit of --timeout and --strict_timeout together; leaves a little time to hand the best answer over before the
/// program is ended.
double time_limit(const Invocation& invocation);
/// Threads to work with, by --threads.
int thread_count(const Invocation& invocation);

}  // namespace entente::cli
