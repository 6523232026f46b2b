// SPDX-License-Identifier: MIT
// Exact elimination of all variables of a problem, one after another in one thread: what DPOP computes, without agents.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"
#include "kernel/instruction_set.hpp"
#include "kernel/memory_budget.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// Rows of 32-bit ids that somebody else keeps: row r is items[first[r]] .. items[first[r + 1]].
struct IdRows {
  std::span<const std::uint32_t> first, items;

  std::span<const std::uint32_t> operator[](std::uint32_t row) const {
    return items.subspan(first[row], first[row + 1] - first[row]);
  }
};

/// A view of a pseudo-tree (graph/pseudotree.hpp, or anything with the same members, which must outlive it).
struct EliminationView {
  std::span<const VariableId> parent;       ///< `no_id` at a root.
  std::span<const VariableId> elimination;  ///< Every variable, children before parents.
  IdRows separator;                         ///< Root first.
  IdRows constraints;                       ///< That the variable is the deepest of.

  template <typename Tree>
  EliminationView(const Tree& tree)  // NOLINT: a pseudo-tree is to be passed as it is
      : parent(tree.parent),
        elimination(tree.elimination),
        separator{tree.separator.first, tree.separator.items},
        constraints{tree.constraints.first, tree.constraints.items} {}
};

struct Elimination {
  enum class Status { optimal, infeasible, stopped };

  Status status = Status::stopped;
  std::vector<ValueIndex> assignment;  ///< An optimum; empty unless `optimal`.
  double cost = 0;                     ///< Of the assignment, as the problem counts it; 0 unless `optimal`.
  double cells = 0;                    ///< Cells of all sums that were minimised.
};

/// What `eliminate` will take, known before anything is allocated.
struct EliminationMemory {
  std::uint64_t keeping_inputs = 0;   ///< Bytes when all tables stay for the way down; 2^64-1: more than fits.
  std::uint64_t keeping_choices = 0;  ///< Bytes when tables go as soon as they are joined and only choices stay.
  std::uint64_t width = 0;            ///< Variables of the largest table.
};

EliminationMemory elimination_memory(const Problem& problem, const EliminationView& tree);

/// Returns, for every variable, the order of its separator in which its table suits the next step best: its parent
/// first. Rows as `tree.separator`.
std::vector<VariableId> message_layouts(const Problem& problem, const EliminationView& tree);

/// Returns a best assignment of `problem`, or that there is none without violated hard constraints. Keeps all tables
/// where they are few and the budget allows, otherwise only each cell's best value; both give the same assignment.
///
/// Errors  throws Error{too_large}, which names width and bytes, before the first table if the budget is too small.
/// Cost    as Pseudotree::cells says; several 10^9 cells a second where tables are large.
/// From    Dechter, "Bucket elimination", Artificial Intelligence 113 (1999) 41-85; ties go to the lowest value.
Elimination eliminate(const Problem& problem, const EliminationView& tree, MemoryBudget& budget,
                      const StopSignal& stop = {}, InstructionSet set = best_instruction_set());

}  // namespace entente
