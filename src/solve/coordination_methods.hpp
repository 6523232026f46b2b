// SPDX-License-Identifier: MIT
// The methods that `coordinate` chooses from, one a file.
#pragma once

#include "entente/algorithm/parameters.hpp"
#include "entente/solve/coordinate.hpp"

namespace entente {

CoordinationMethod describe_cohda();
CoordinationMethod describe_admm();
CoordinationMethod describe_dispatch();

/// Each reads its parameters, runs, and fills in the outcome but for method, gap and seconds.
void run_cohda_method(const ScheduleProblem& problem, const CoordinationRequest& request, CoordinationOutcome& outcome);
void run_admm_method(const ResourceProblem& problem, const CoordinationRequest& request, CoordinationOutcome& outcome);
void run_dispatch_method(const ResourceProblem& problem, const CoordinationRequest& request,
                         CoordinationOutcome& outcome);

inline bool wants_bound(const CoordinationRequest& request) { return request.bound_seconds.value_or(1) > 0; }

/// A description from a struct that declares `info`, `Params` and `parameters`, as algorithm files do.
template <class Declared>
CoordinationMethod describe_method(const char* problems) {
  return {std::string(Declared::info.name), std::string(Declared::info.summary), problems,
          std::string(Declared::info.source), parameters_of<Declared>()};
}

}  // namespace entente
