// SPDX-License-Identifier: MIT
// Refuse: how checks of schedule and resource problems complain, so that readers can add the place in their file.
#pragma once

#include <functional>
#include <string>

#include "entente/base/error.hpp"

namespace entente {

struct ResourceProblem;
struct ScheduleProblem;

/// Throws. The key is a path in the form that files have: `agents[3].schedules[0][2]`.
using Refuse = std::function<void(const std::string& key, const std::string& message, ErrorCode code)>;

inline void refuse_without_place(const std::string& key, const std::string& message, ErrorCode code) {
  throw Error(code, Place{{}, 0, 0, key}, message);
}

/// What `check` of the problems promises, told to `refuse`.
void check_problem(const ScheduleProblem& problem, const Refuse& refuse);
void check_problem(const ResourceProblem& problem, const Refuse& refuse);

}  // namespace entente
