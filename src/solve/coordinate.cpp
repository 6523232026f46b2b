// SPDX-License-Identifier: MIT
#include "entente/solve/coordinate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"
#include "runtime/proof.hpp"
#include "solve/coordination_methods.hpp"

namespace entente {
namespace {

const CoordinationMethod& find_method(const std::string& name, const std::string& problems) {
  std::vector<std::string> fitting;
  for (const CoordinationMethod& one : coordination_methods()) {
    if (one.problems == problems) {
      if (one.name == name || name.empty()) return one;
      fitting.push_back(one.name);
    }
  }
  throw Error(ErrorCode::wrong_use,
              fmt::format("the method '{}' is not made for problems of {}; expected {}{}", printable(name), problems,
                          fmt::join(fitting, " or "), did_you_mean(name, fitting)));
}

}  // namespace

const std::vector<CoordinationMethod>& coordination_methods() {
  static const std::vector<CoordinationMethod> all{describe_cohda(), describe_admm(), describe_dispatch()};
  return all;
}

CoordinationOutcome coordinate(const CoordinationProblem& problem, const CoordinationRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  const auto* const schedules = std::get_if<ScheduleProblem>(&problem);
  const CoordinationMethod& method = find_method(request.method, schedules ? "schedules" : "resources");
  CoordinationOutcome outcome;
  outcome.method = method.name;
  if (request.method.empty() && request.say)
    request.say(fmt::format("no method is given: {} runs, {}", method.name, method.summary));
  if (schedules) {
    schedules->check();
    run_cohda_method(*schedules, request, outcome);
  } else {
    const auto& resources = std::get<ResourceProblem>(problem);
    resources.check();
    method.name == "dispatch" ? run_dispatch_method(resources, request, outcome)
                              : run_admm_method(resources, request, outcome);
  }
  const bool known = !outcome.choice.empty() || !outcome.x.empty();
  if (outcome.status == Status::infeasible) outcome.bound.reset();
  if (known && outcome.bound) outcome.gap = outcome.optimal ? 0 : runtime::gap_of(outcome.cost, *outcome.bound);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

}  // namespace entente
