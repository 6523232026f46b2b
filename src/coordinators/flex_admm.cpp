// SPDX-License-Identifier: MIT
#include "entente/coordinators/flex_admm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/sharing_run.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

AdmmResult solve(std::span<const FlexActor> actors, admm::PriceModel coupling, bool strict,
                 const AdmmOptions& options) {
  const std::size_t n = coupling.rhs.size();
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (actors[i].dimension() == n) continue;
    throw Error(ErrorCode::bad_input,
                fmt::format("flex actor {} has {} flows; the target has {}", i, actors[i].dimension(), n));
  }
  admm::check(options);
  const std::vector<double> no_cost(n, 0);
  const admm::SharingSetup setup{n,
                                 [&](quadratic::AgentBatch& agents, bool with_cost) {
                                   agents.reserve(actors.size());
                                   for (const FlexActor& actor : actors) {
                                     const std::vector<double>& cost = with_cost ? actor.S() : no_cost;
                                     if (!actor.ray().empty()) {
                                       agents.add_ray(actor.ray(), cost);
                                     } else {
                                       agents.add_flexible(actor.lower(), actor.upper(), actor.C(), actor.d(), cost);
                                     }
                                   }
                                 },
                                 std::move(coupling),
                                 strict,
                                 [](std::size_t i) { return fmt::format("{}", i); },
                                 options,
                                 admm::stop_signal(options)};
  AdmmResult result = admm::solve_sharing(setup);
  if (result.x.empty()) return result;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    const double* x = result.x.data() + i * n;
    const FlexActor& actor = actors[i];
    for (std::size_t k = 0; k < n; ++k) {
      result.objective += actor.S()[k] * x[k];
      result.violation = std::max({result.violation, actor.lower()[k] - x[k], x[k] - actor.upper()[k]});
    }
    for (std::size_t r = 0; r < actor.C().rows; ++r) {
      double sum = -actor.d()[r];
      for (std::size_t k = 0; k < n; ++k) sum += actor.C()(r, k) * x[k];
      result.violation = std::max(result.violation, sum);
    }
  }
  return result;
}

}  // namespace

AdmmResult solve_flex_sharing(std::span<const FlexActor> actors, const AdmmSharingData& given,
                              const AdmmOptions& options) {
  const AdmmSharingData data = create_admm_sharing_data(given.target, given.priorities);
  const std::size_t n = data.target.size();
  admm::PriceModel coupling{data.priorities, data.priorities, data.target, std::vector<double>(n, 0)};
  for (double& price : coupling.lower) price = -price;
  AdmmResult result = solve(actors, std::move(coupling), false, options);
  for (std::size_t t = 0; t < result.z.size(); ++t) {
    result.objective += data.priorities[t] * std::abs(result.z[t] - data.target[t]);
  }
  result.bound = std::min(result.bound, result.objective);
  return result;
}

AdmmResult solve_flex_exchange(std::span<const FlexActor> actors, std::span<const double> target,
                               std::optional<double> alpha, const AdmmOptions& options) {
  const std::size_t n = target.size();
  if (alpha && !(*alpha > 0)) {
    throw Error(ErrorCode::wrong_use, fmt::format("exchange: alpha is {}; expected a number above 0, or none", *alpha));
  }
  const AdmmStart checked = create_admm_start_exchange({target.begin(), target.end()});
  admm::PriceModel coupling{std::vector<double>(n, -infinite), std::vector<double>(n, infinite),
                            checked.data.as<AdmmExchangeData>().target, std::vector<double>(n, alpha ? 1 / *alpha : 0)};
  AdmmResult result = solve(actors, std::move(coupling), !alpha, options);
  for (std::size_t t = 0; t < result.z.size(); ++t) {
    const double missed = result.z[t] - target[t];
    if (alpha)
      result.objective += 0.5 * *alpha * missed * missed;
    else
      result.violation = std::max(result.violation, std::abs(missed));
  }
  result.bound = std::min(result.bound, result.objective);
  return result;
}

}  // namespace entente
