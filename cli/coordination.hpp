// SPDX-License-Identifier: MIT
// The commands' part for schedule and resource problems.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "command.hpp"
#include "entente/solve/coordinate.hpp"

namespace CLI {
class App;
}

namespace entente::cli {

/// Reads the problem; warnings go to the console. Throws Error as read_coordination_problem.
CoordinationProblem read_coordination(Invocation& invocation, const std::string& file);

/// Solves it and prints the result. `request` holds what the options say; interrupt, notes and progress are added here.
/// Returns the exit code. `chart`: a file that is to show target and sum of all agents; empty for none.
int solve_coordination(Invocation& invocation, const CoordinationProblem& problem, CoordinationRequest request,
                       const std::string& chart);

/// Throws Error{wrong_use} if one of the options was given that only constraint problems understand.
void refuse_options(const CLI::App& app, std::initializer_list<const char*> names, const std::string& file);

/// What `entente verify` says of a result: cost and limits reckoned anew, held against what the result claims.
/// The member `ok` says whether all is well. Throws Error{bad_input} for a result without assignment.
nlohmann::json judge_coordination(const CoordinationProblem& problem, const nlohmann::json& result,
                                  const std::string& result_file);

}  // namespace entente::cli
