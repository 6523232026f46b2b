// SPDX-License-Identifier: MIT
// What the fuzzers of problem formats share: any bytes are an error or a problem that is written and read back.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/problem.hpp"

namespace entente {

using ParseProblem = Problem (*)(const std::string& text, const std::string& name, const ReadOptions& options);
using WriteProblem = void (*)(const Problem& problem, std::ostream& out, const WriteOptions& options);

inline void fuzz_format(std::string text, ParseProblem parse, WriteProblem write, double tolerance) {
  ReadOptions options;
  options.limits = {.cells_per_table = 1000, .table_bytes = std::size_t(1) << 24, .domain_values = 1000};
  std::vector<Evaluation> before;
  std::uint32_t variables = 0;
  // Three assignments: all first values, all last ones, and some of both.
  const auto evaluate = [](const Problem& problem) {
    std::vector<Evaluation> all;
    for (int which = 0; which < 3; ++which) {
      std::vector<ValueIndex> assignment(problem.variable_count(), 0);
      for (VariableId v = 0; v < assignment.size(); ++v)
        if (which == 1 || (which == 2 && v % 2)) assignment[v] = problem.domain_size(v) - 1;
      all.push_back(problem.evaluate(assignment));
    }
    return all;
  };
  try {
    const Problem problem = parse(text, "fuzz", options);
    before = evaluate(problem);
    variables = problem.variable_count();
    std::ostringstream out;
    write(problem, out, {});
    text = out.str();
  } catch (const Error&) {
    return;
  }
  options.limits = {.cells_per_table = 1000, .table_bytes = std::size_t(1) << 28, .domain_values = 1000};
  const Problem again = parse(text, "again", options);
  const std::vector<Evaluation> after = evaluate(again);
  bool same = again.variable_count() == variables;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double room = tolerance * std::max(1.0, std::abs(before[i].cost));
    same = same && (before[i].violations > 0) == (after[i].violations > 0) &&
           (before[i].violations > 0 || std::abs(before[i].cost - after[i].cost) <= room);
  }
  if (same) return;
  std::fprintf(stderr, "%s\n", text.substr(0, 4000).c_str());
  std::abort();
}

}  // namespace entente
