// SPDX-License-Identifier: MIT
#include "entente/coordinators/admm_variants.hpp"

#include <fmt/format.h>

#include <cmath>

#include "coordinators/norms.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

AdmmVectors filled(bool common, std::size_t n, std::size_t m, double value) {
  return {common, std::vector<std::vector<double>>(common ? 1 : n, std::vector<double>(m, value))};
}

void expect_length(const AdmmStart& start, std::size_t target) {
  if (target != start.solution_length) {
    throw Error(ErrorCode::bad_input, fmt::format("ADMM start: the target has {} numbers and the solution {}", target,
                                                  start.solution_length));
  }
}

void expect_finite(const std::vector<double>& numbers, const char* name) {
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (!std::isfinite(numbers[k]))
      throw Error(ErrorCode::bad_input, fmt::format("ADMM data: {}[{}] is not finite", name, k));
  }
}

/// Residuals in Euclidean norm over all agents, from each agent's own copy of what it is to agree with.
AdmmResiduals boyd(const AdmmState& now, const AdmmState& before, const AdmmSettings& settings,
                   const AdmmVectors& copies, const AdmmVectors& old_copies) {
  const std::size_t n = now.x.size();
  const double numbers = std::sqrt(static_cast<double>(n * (n > 0 ? now.x[0].size() : 0)));
  double primal = 0, dual = 0;
  for (std::size_t i = 0; i < n; ++i) {
    primal += admm::distance_square(now.x[i], copies.of(i));
    dual += admm::distance_square(copies.of(i), old_copies.of(i));
  }
  return {std::sqrt(primal), before.rho * std::sqrt(dual),
          numbers * settings.abs_tol + settings.rel_tol * std::max(admm::norm(now.x), admm::norm(copies, n)),
          numbers * settings.abs_tol + settings.rel_tol * before.rho * admm::norm(now.u, n)};
}

}  // namespace

AdmmSharingData create_admm_sharing_data(std::vector<double> target, std::vector<double> priorities) {
  if (priorities.empty()) priorities.assign(target.size(), 1);
  if (priorities.size() != target.size()) {
    throw Error(ErrorCode::bad_input, fmt::format("ADMM sharing data: {} priorities for a target of {} numbers",
                                                  priorities.size(), target.size()));
  }
  expect_finite(target, "target");
  expect_finite(priorities, "priorities");
  for (std::size_t k = 0; k < priorities.size(); ++k) {
    if (priorities[k] < 0) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("ADMM sharing data: priorities[{}] is {}; expected 0 or more", k, priorities[k]));
    }
  }
  return {std::move(target), std::move(priorities)};
}

AdmmStart create_admm_start(AdmmSharingData data) {
  const std::size_t length = data.target.size();
  return {Content(std::move(data)), length};
}

AdmmStart create_admm_start(Content data, std::size_t length) {
  if (length == 0) {
    if (const auto* sharing = data.get<AdmmSharingData>()) length = sharing->target.size();
    if (const auto* exchange = data.get<AdmmExchangeData>()) length = exchange->target.size();
    if (const auto* numbers = data.get<std::vector<double>>()) length = numbers->size();
  }
  if (length == 0) {
    throw Error(ErrorCode::wrong_use,
                "ADMM start: the solution's length cannot be told from the data; give it as the second argument");
  }
  return {std::move(data), length};
}

AdmmStart create_admm_start_exchange(std::vector<double> target) {
  expect_finite(target, "target");
  const std::size_t length = target.size();
  return {Content(AdmmExchangeData{std::move(target)}), length};
}

AdmmStart create_admm_start_consensus(std::size_t length, double l1) {
  if (!(l1 >= 0) || !std::isfinite(l1)) {
    throw Error(ErrorCode::bad_input, fmt::format("ADMM consensus data: l1 is {}; expected 0 or more", l1));
  }
  return {Content(AdmmConsensusData{l1}), length};
}

AdmmVectors AdmmSharingGlobalActor::z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u,
                                             const AdmmVectors&, double rho, std::size_t n) {
  const auto& data = input_data.as<AdmmSharingData>();
  const double heads = static_cast<double>(n);
  AdmmVectors z{true, {admm::mean(x)}};
  for (std::size_t k = 0; k < z.rows[0].size(); ++k) {
    const double wanted = heads * (u.rows[0][k] + z.rows[0][k]) - data.target[k];
    const double left = std::max(std::abs(wanted) - std::abs(data.priorities[k]) * heads / rho, 0.0);
    z.rows[0][k] = (data.target[k] + std::copysign(left, wanted)) / heads;
  }
  return z;
}

AdmmVectors AdmmSharingGlobalActor::u_update(const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z, double,
                                             std::size_t) {
  AdmmVectors next = u;
  const std::vector<double> mean = admm::mean(x);
  for (std::size_t k = 0; k < mean.size(); ++k) next.rows[0][k] += mean[k] - z.rows[0][k];
  return next;
}

AdmmVectors AdmmSharingGlobalActor::init_z(std::size_t n, std::size_t m) { return filled(true, n, m, 1); }
AdmmVectors AdmmSharingGlobalActor::init_u(std::size_t n, std::size_t m) { return filled(true, n, m, 0); }

std::vector<double> AdmmSharingGlobalActor::actor_correction(const AdmmPoints& x, const AdmmVectors& z,
                                                             const AdmmVectors& u, std::size_t i) {
  const std::vector<double> mean = admm::mean(x);
  std::vector<double> v(x[i].size());
  for (std::size_t k = 0; k < v.size(); ++k) v[k] = -x[i][k] + mean[k] - z.rows[0][k] + u.rows[0][k];
  return v;
}

AdmmPoints AdmmSharingGlobalActor::corrections(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u) {
  const std::vector<double> mean = admm::mean(x);
  AdmmPoints all = x;
  for (auto& v : all) {
    for (std::size_t k = 0; k < v.size(); ++k) v[k] = -v[k] + mean[k] - z.rows[0][k] + u.rows[0][k];
  }
  return all;
}

double AdmmSharingGlobalActor::primal_residual(const AdmmPoints& x, const AdmmVectors& z) {
  const std::vector<double> mean = admm::mean(x);
  double most = 0;
  for (std::size_t k = 0; k < mean.size(); ++k) most = std::max(most, std::abs(mean[k] - z.rows[0][k]));
  return most;
}

AdmmPoints AdmmSharingGlobalActor::anchors(const AdmmState& state) {
  AdmmPoints copies = state.relaxed;
  const std::vector<double> mean = admm::mean(state.relaxed);
  for (auto& row : copies) {
    for (std::size_t k = 0; k < row.size(); ++k) row[k] += state.z.rows[0][k] - mean[k];
  }
  return copies;
}

AdmmResiduals AdmmSharingGlobalActor::residuals(const AdmmState& now, const AdmmState& before,
                                                const AdmmSettings& settings) {
  if (settings.compat) return AdmmGlobalActor::residuals(now, before, settings);
  return boyd(now, before, settings, {false, anchors(now)}, {false, anchors(before)});
}

void AdmmSharingGlobalActor::check(const AdmmStart& start, std::size_t) {
  const auto& data = start.data.as<AdmmSharingData>();
  expect_length(start, data.target.size());
  create_admm_sharing_data(data.target, data.priorities);
}

AdmmExchangeGlobalActor::AdmmExchangeGlobalActor(std::optional<double> weight, bool as_the_other)
    : alpha(weight), compat(as_the_other) {
  if (alpha && (!(*alpha >= 0) || !std::isfinite(*alpha))) {
    throw Error(ErrorCode::wrong_use, fmt::format("ADMM exchange: alpha is {}; expected 0 or more, or none", *alpha));
  }
}

AdmmVectors AdmmExchangeGlobalActor::z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u,
                                              const AdmmVectors&, double rho, std::size_t n) {
  const auto& data = input_data.as<AdmmExchangeData>();
  double divisor = static_cast<double>(n);
  if (compat)
    divisor += alpha.value_or(100) / rho;
  else if (alpha)
    divisor += rho / *alpha;  // of an alpha of 0, which asks for nothing: infinite
  AdmmVectors z{false, x};
  const std::size_t m = data.target.size();
  std::vector<double> missing = data.target;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < m; ++k) {
      z.rows[i][k] += u.rows[i][k];
      missing[k] -= z.rows[i][k];
    }
  }
  for (auto& row : z.rows) {
    for (std::size_t k = 0; k < m; ++k) row[k] += missing[k] / divisor;
  }
  return z;
}

AdmmVectors AdmmExchangeGlobalActor::u_update(const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z, double,
                                              std::size_t n) {
  AdmmVectors next = u;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < x[i].size(); ++k) next.rows[i][k] += x[i][k] - z.rows[i][k];
  }
  return next;
}

AdmmVectors AdmmExchangeGlobalActor::init_z(std::size_t n, std::size_t m) { return filled(false, n, m, 1); }
AdmmVectors AdmmExchangeGlobalActor::init_u(std::size_t n, std::size_t m) { return filled(false, n, m, 0); }

std::vector<double> AdmmExchangeGlobalActor::actor_correction(const AdmmPoints& x, const AdmmVectors& z,
                                                              const AdmmVectors& u, std::size_t i) {
  std::vector<double> v(x[i].size());
  for (std::size_t k = 0; k < v.size(); ++k) v[k] = -z.rows[i][k] + u.rows[i][k];
  return v;
}

double AdmmExchangeGlobalActor::primal_residual(const AdmmPoints& x, const AdmmVectors& z) {
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) most = std::max(most, admm::distance_square(x[i], z.of(i)));
  return std::sqrt(most);
}

AdmmResiduals AdmmExchangeGlobalActor::residuals(const AdmmState& now, const AdmmState& before,
                                                 const AdmmSettings& settings) {
  if (settings.compat) return AdmmGlobalActor::residuals(now, before, settings);
  return boyd(now, before, settings, now.z, before.z);
}

void AdmmExchangeGlobalActor::check(const AdmmStart& start, std::size_t) {
  const auto& data = start.data.as<AdmmExchangeData>();
  expect_length(start, data.target.size());
  expect_finite(data.target, "target");
}

AdmmVectors AdmmTrueConsensusGlobalActor::z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u,
                                                   const AdmmVectors&, double rho, std::size_t n) {
  const auto* data = input_data.get<AdmmConsensusData>();
  AdmmVectors z{true, {admm::mean(x)}};
  const std::vector<double> price = admm::mean(u.rows);
  const double shrink = data ? data->l1 / (static_cast<double>(n) * rho) : 0;
  for (std::size_t k = 0; k < price.size(); ++k) {
    const double wanted = z.rows[0][k] + price[k];
    z.rows[0][k] = std::copysign(std::max(std::abs(wanted) - shrink, 0.0), wanted);
  }
  return z;
}

AdmmVectors AdmmTrueConsensusGlobalActor::u_update(const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z,
                                                   double, std::size_t n) {
  AdmmVectors next = u;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < x[i].size(); ++k) next.rows[i][k] += x[i][k] - z.rows[0][k];
  }
  return next;
}

AdmmVectors AdmmTrueConsensusGlobalActor::init_z(std::size_t n, std::size_t m) { return filled(true, n, m, 0); }
AdmmVectors AdmmTrueConsensusGlobalActor::init_u(std::size_t n, std::size_t m) { return filled(false, n, m, 0); }

std::vector<double> AdmmTrueConsensusGlobalActor::actor_correction(const AdmmPoints& x, const AdmmVectors& z,
                                                                   const AdmmVectors& u, std::size_t i) {
  std::vector<double> v(x[i].size());
  for (std::size_t k = 0; k < v.size(); ++k) v[k] = -z.rows[0][k] + u.rows[i][k];
  return v;
}

double AdmmTrueConsensusGlobalActor::primal_residual(const AdmmPoints& x, const AdmmVectors& z) {
  double most = 0;
  for (const auto& row : x) most = std::max(most, admm::distance_square(row, z.rows[0]));
  return std::sqrt(most);
}

AdmmResiduals AdmmTrueConsensusGlobalActor::residuals(const AdmmState& now, const AdmmState& before,
                                                      const AdmmSettings& settings) {
  return boyd(now, before, settings, now.z, before.z);
}

double AdmmTargetDistanceObjective::objective(const Content& input_data, const AdmmPoints& x, const AdmmVectors&,
                                              const AdmmVectors& z, std::size_t n) {
  const std::vector<double> mean = admm::mean(x);
  double sum = 0;
  if (compat_) return admm::distance_square(z.rows[0], mean);
  const auto& data = input_data.as<AdmmSharingData>();
  for (std::size_t k = 0; k < mean.size(); ++k) {
    sum += std::abs(data.priorities[k]) * std::abs(static_cast<double>(n) * mean[k] - data.target[k]);
  }
  return sum;
}

AdmmCoordinator sharing_coordinator(std::shared_ptr<AdmmGlobalObjective> objective, AdmmSettings settings) {
  return AdmmCoordinator(std::make_shared<AdmmSharingGlobalActor>(), settings, std::move(objective));
}

AdmmCoordinator sharing_target_distance_coordinator(AdmmSettings settings) {
  return sharing_coordinator(std::make_shared<AdmmTargetDistanceObjective>(settings.compat), settings);
}

AdmmCoordinator exchange_target_coordinator(std::optional<double> alpha, AdmmSettings settings) {
  return AdmmCoordinator(std::make_shared<AdmmExchangeGlobalActor>(alpha, settings.compat), settings);
}

AdmmCoordinator true_consensus_coordinator(AdmmSettings settings) {
  return AdmmCoordinator(std::make_shared<AdmmTrueConsensusGlobalActor>(), settings);
}

}  // namespace entente
