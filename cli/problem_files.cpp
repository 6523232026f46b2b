// SPDX-License-Identifier: MIT
// The input side of solve, graph and verify.
#include "problem_files.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <limits>
#include <system_error>

#include "entente/base/error.hpp"
#include "options.hpp"

namespace entente::cli {
void ProblemFiles::declare(CLI::App& app, bool with_files) {
  if (with_files) {
    add_texts(app, "FILE", files, "FILE",
              "problem file: pyDCOP's YAML (.yaml), WCSP (.wcsp), CFN (.cfn), UAI (.uai), or a schedule or resource "
              "problem (.json, .yaml), also compressed (.gz, .xz, .zst); several YAML files are parts of one problem; "
              "'-' is YAML on standard input")
        ->required();
  }
  add_text(app, "-i,--infinity", infinity_, "COST",
           "a cost equal to this is a hard constraint, counted as a violation and left out of the cost, as infinite "
           "costs are [any number; default inf]");
  add_text(
      app, "--evidence", evidence_, "FILE",
      "what is observed in a UAI problem; 'none': nothing [default: the problem's file name with .evid added, where "
      "that exists]");
  add_texts(app, "--ext", externals_, "NAME=VALUE", "set an external variable of the problem; may be repeated");
}

/// A result must not take the place of the problem it was made from.
void ProblemFiles::check_output(const Invocation& invocation) const {
  const std::string& output = invocation.options.output;
  for (const std::string& file : files) {
    std::error_code absent;
    if (!output.empty() && file != "-" && std::filesystem::equivalent(output, file, absent)) {
      throw Error(ErrorCode::wrong_use,
                  fmt::format("--output: '{}' is the problem's own file; give another name", printable(output)));
    }
  }
}

Problem ProblemFiles::read(Invocation& invocation, const BuildLimits& limits) const {
  check_output(invocation);
  constexpr double any = std::numeric_limits<double>::infinity();
  ReadOptions options;
  options.seed = invocation.options.seed;
  options.evidence = evidence_;
  if (!infinity_.empty()) options.infinity = parse_real(infinity_, "--infinity", {-any, any});
  for (const std::string& external : externals_) {
    const auto [name, value] = parse_pair(external, '=', "--ext");
    options.externals[name] = value;
  }
  options.warn = [&invocation](const std::string& text) { invocation.console.warning(text); };
  options.limits = limits;
  const auto start = std::chrono::steady_clock::now();
  Problem problem = read_problem(files, options);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  invocation.console.info(fmt::format("read '{}' in {:.3f} s: {} variables, {} constraints, {} agents", problem.name(),
                                      taken.count(), problem.variable_count(), problem.constraint_count(),
                                      problem.agents().size()));
  return problem;
}

}  // namespace entente::cli
