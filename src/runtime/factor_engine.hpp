// SPDX-License-Identifier: MIT
// The factor engine: runs an algorithm with two roles, whose messages are cost vectors, on a factor graph.
#pragma once

#include <span>

#include "entente/algorithm/population.hpp"
#include "kernel/instruction_set.hpp"
#include "runtime/factor_messages.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// Runs cycles in which variables speak, factors answer, and variables decide.
///
/// Constraints of two or more variables are factors; those of one and variables' own costs belong to the variable. The
/// sum of what a variable heard is kept per variable and added up in a fixed order of edges: neither the number of
/// threads nor the instruction set changes a bit of the result. Messages are float where that is adequate (see
/// FactorCosts), double otherwise. The assignment of every cycle is evaluated, a cycle later, as its tables pass by.
///
/// A run ends by itself when in four cycles in a row no decision changed and no computation said it had something new
/// to say, or at once if there are no factors. A constraint that is violated by every assignment is no reason to end.
/// `on_cycle` also hears of cycle 0, the assignment before any message: initial values where the problem gives them,
/// else each variable's cheapest value.
///
/// Messages  one per edge and direction in a cycle, of |domain| costs; who has not woken yet sends none.
/// Memory    per factor its table, and two messages per edge, in the type of the messages; four bytes per edge, and
///           with several threads a further message and eight bytes. Per variable three messages and eight bytes.
/// Errors    Error{wrong_use} for bad settings; Error{too_large} for a cost function without a table of more than 2^28
///           tuples; what a lazy cost function throws.
RunResult run_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                      std::span<const Setting> settings);

/// The same with kernels compiled for `set`, which this processor must support. Results do not depend on it.
RunResult run_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                      std::span<const Setting> settings, InstructionSet set);

/// Goes on from what `messages` says was said on the edges (with everybody awake, unless it is empty), and leaves there
/// what was said last. For algorithms that keep no notes. O(numbers in all messages) more.
RunResult run_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                      std::span<const Setting> settings, FactorMessages& messages);

}  // namespace entente::runtime
