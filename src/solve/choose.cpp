// SPDX-License-Identifier: MIT
#include "solve/choose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "entente/base/error.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/elimination.hpp"
#include "kernel/memory_budget.hpp"

namespace entente {
namespace {

constexpr double patient_cells = 2e10;  // some ten seconds of elimination
constexpr std::uint64_t patience_cycles = 1'000;
constexpr double patience_seconds = 10;

struct Estimate {
  std::uint32_t width;
  std::uint64_t bytes;  // saturates
  double cells;
};

std::string in_words(std::uint64_t bytes) {
  constexpr std::uint64_t beyond_any_machine = std::uint64_t(1) << 50;
  return bytes < beyond_any_machine ? bytes_to_text(bytes) + " of memory" : "more memory than any machine has";
}

/// What exact elimination would take; nothing where finding a tree would take longer than the search it saves.
std::optional<Estimate> estimate_elimination(const Problem& problem) {
  const double variables = problem.variable_count(), constraints = problem.constraint_count();
  if (variables > 1e5 && constraints > 1.5 * variables) return {};
  try {
    const Pseudotree tree = best_pseudotree(problem);
    const EliminationMemory memory = elimination_memory(problem, tree);
    return Estimate{tree.induced_width, std::min(memory.keeping_inputs, memory.keeping_choices), tree.cells};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::too_large) throw;
    return {};
  }
}

}  // namespace

AlgorithmChoice choose_algorithm(const Problem& problem, const SolveRequest& request) {
  if (!request.algorithm.empty()) return {request.algorithm, request.parameters};
  if (!request.parameters.empty())
    throw Error(ErrorCode::wrong_use, fmt::format("parameter '{}' belongs to an algorithm, but none is named; name one "
                                                  "with --algo",
                                                  printable(request.parameters[0].first)));
  std::string reason = "the problem is too large and too dense for exact elimination";
  if (const auto estimate = estimate_elimination(problem)) {
    const std::uint64_t allowed = request.memory ? request.memory : half_of_free_memory();
    if (estimate->bytes <= allowed && estimate->cells <= patient_cells) {
      if (request.say)
        request.say(fmt::format("picked dpop: exact elimination of width {} needs {}", estimate->width,
                                in_words(estimate->bytes)));
      return {"dpop", {}};
    }
    reason = fmt::format("exact elimination of width {} would {}", estimate->width,
                         estimate->bytes > allowed ? "need " + in_words(estimate->bytes)
                                                   : fmt::format("take {:.1g} additions", estimate->cells));
  }
  if (request.say)
    request.say(fmt::format("picked dgls: {}; local search stops after {} cycles without improvement or {} s", reason,
                            patience_cycles, patience_seconds));
  AlgorithmChoice choice{"dgls", {}};
  if (!request.stop_cycle) choice.patience = patience_cycles;
  if (request.timeout <= 0) choice.seconds = patience_seconds;
  return choice;
}

}  // namespace entente
