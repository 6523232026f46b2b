// SPDX-License-Identifier: MIT
// The ADMM loop, with and without a carrier.
#include "entente/coordinators/admm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/norms.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr std::size_t most_residuals = 10'000;

void expect(bool right, const char* name, double value, const char* range) {
  if (!right) throw Error(ErrorCode::wrong_use, fmt::format("ADMM setting {}: {} is outside {}", name, value, range));
}

}  // namespace

AdmmGlobalActor::~AdmmGlobalActor() = default;
AdmmGlobalObjective::~AdmmGlobalObjective() = default;

double AdmmGlobalActor::dual_residual(const AdmmVectors& z, const AdmmVectors& z_old, double rho, bool compat) {
  if (compat) return rho * admm::largest_difference(z, z_old);
  double square = 0;
  for (std::size_t r = 0; r < z.rows.size(); ++r) square += admm::distance_square(z.rows[r], z_old.rows[r]);
  return rho * std::sqrt(square);
}

std::optional<bool> AdmmGlobalActor::should_stop(double, double, std::span<const std::vector<double>>, double) {
  return std::nullopt;
}

std::pair<double, AdmmVectors> AdmmGlobalActor::adapt_rho(double, double, double rho, const AdmmVectors& u) {
  return {rho, u};
}

AdmmPoints AdmmGlobalActor::corrections(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u) {
  AdmmPoints all(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) all[i] = actor_correction(x, z, u, i);
  return all;
}

AdmmPoints AdmmGlobalActor::anchors(const AdmmState& before) {
  AdmmPoints all(before.x.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = before.z.of(i);
  return all;
}

AdmmResiduals AdmmGlobalActor::residuals(const AdmmState& now, const AdmmState& before, const AdmmSettings& settings) {
  const double n = static_cast<double>(now.x.size());
  const double numbers = now.x.empty() ? 0 : std::sqrt(n * static_cast<double>(now.x[0].size()));
  AdmmResiduals found;
  found.primal = primal_residual(now.x, now.z);
  found.dual = dual_residual(now.z, before.z, now.rho, settings.compat);
  if (settings.compat) {
    found.primal_tolerance =
        numbers * settings.abs_tol + settings.rel_tol * std::max(admm::compat_norm(now.x), admm::compat_norm(now.z));
    found.dual_tolerance = numbers * settings.abs_tol + settings.rel_tol * admm::compat_norm(now.u);
  } else {
    found.primal_tolerance =
        numbers * settings.abs_tol + settings.rel_tol * std::max(admm::norm(now.x), admm::norm(now.z, now.x.size()));
    found.dual_tolerance = numbers * settings.abs_tol + settings.rel_tol * now.rho * admm::norm(now.u, now.x.size());
  }
  return found;
}

void AdmmGlobalActor::check(const AdmmStart&, std::size_t) {}

AdmmLoop::AdmmLoop(AdmmGlobalActor& actor, const AdmmSettings& settings, const AdmmStart& start, std::size_t agents,
                   const AdmmOutcome* warm)
    : actor_(actor), settings_(settings), start_(start) {
  expect(settings.rho > 0 && std::isfinite(settings.rho), "rho", settings.rho, "(0, infinity)");
  expect(settings.abs_tol >= 0, "abs_tol", settings.abs_tol, "[0, infinity)");
  expect(settings.rel_tol >= 0, "rel_tol", settings.rel_tol, "[0, infinity)");
  expect(settings.over_relaxation >= 1 && settings.over_relaxation <= 1.9, "over_relaxation", settings.over_relaxation,
         "[1, 1.9]");
  if (agents == 0) throw Error(ErrorCode::wrong_use, "ADMM: the coordinator has no agents to ask");
  actor.check(start, agents);
  const std::size_t m = start.solution_length;
  state_.x.assign(agents, std::vector<double>(m, 0));
  state_.z = actor.init_z(agents, m);
  state_.u = actor.init_u(agents, m);
  state_.rho = settings.rho;
  if (warm) {
    bool fits = warm->x.size() == agents && warm->z.rows.size() == state_.z.rows.size() &&
                warm->u.rows.size() == state_.u.rows.size();
    for (const auto& rows : {&warm->x, &warm->z.rows, &warm->u.rows}) {
      for (const auto& row : *rows) fits = fits && row.size() == m;
    }
    if (!fits) {
      throw Error(ErrorCode::wrong_use,
                  fmt::format("ADMM warm start: the earlier outcome does not have {} agents of {} numbers", agents, m));
    }
    state_.x = warm->x;
    state_.z = warm->z;
    state_.u = warm->u;
    if (!settings.compat) state_.rho = warm->rho;
    if (state_.rho != warm->rho) {
      for (auto& row : state_.u.rows) {
        for (double& value : row) value *= warm->rho / state_.rho;
      }
    }
  }
  state_.relaxed = state_.x;
  corrections_ = actor_.corrections(state_.relaxed, state_.z, state_.u);
}

AdmmMessage AdmmLoop::correction(std::size_t i) const { return {corrections_[i], state_.rho}; }

bool AdmmLoop::accept(std::vector<AdmmAnswer> answers) {
  const std::size_t n = state_.x.size(), m = start_.solution_length;
  if (answers.size() != n) throw Error(ErrorCode::wrong_use, "ADMM: as many answers as agents are expected");
  const AdmmState before = state_;
  std::vector<std::vector<double>> aux(n);
  for (std::size_t i = 0; i < n; ++i) {
    if (answers[i].x.size() != m) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("ADMM: agent {} answered with {} numbers; expected {}", i, answers[i].x.size(), m));
    }
    for (const double value : answers[i].x) {
      if (!std::isfinite(value)) {
        throw Error(ErrorCode::bad_input, fmt::format("ADMM: agent {} answered with a number that is not finite", i));
      }
    }
    state_.x[i] = std::move(answers[i].x);
    aux[i] = std::move(answers[i].aux);
  }
  state_.relaxed = state_.x;
  if (const double alpha = settings_.over_relaxation; alpha != 1) {
    const AdmmPoints anchors = actor_.anchors(before);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < m; ++k) state_.relaxed[i][k] = alpha * state_.x[i][k] + (1 - alpha) * anchors[i][k];
    }
  }
  state_.z = actor_.z_update(start_.data, state_.relaxed, state_.u, state_.z, state_.rho, n);
  state_.u = actor_.u_update(state_.relaxed, state_.u, state_.z, state_.rho, n);
  ++outcome_.iterations;
  const AdmmResiduals found = actor_.residuals(state_, before, settings_);
  if (outcome_.iterations % keep_every_ == 0) outcome_.residuals.push_back(found);
  if (outcome_.residuals.size() >= most_residuals) {
    std::vector<AdmmResiduals> half;
    for (std::size_t k = 1; k < outcome_.residuals.size(); k += 2) half.push_back(outcome_.residuals[k]);
    outcome_.residuals = std::move(half);
    keep_every_ *= 2;
  }
  const std::optional<bool> decided = actor_.should_stop(found.primal, found.dual, aux, settings_.abs_tol);
  const bool within = settings_.compat ? found.primal < found.primal_tolerance && found.dual < found.dual_tolerance
                                       : found.primal <= found.primal_tolerance && found.dual <= found.dual_tolerance;
  if (decided.value_or(within)) {
    outcome_.converged = true;
    outcome_.status = AdmmEnd::converged;
    return true;
  }
  std::tie(state_.rho, state_.u) = actor_.adapt_rho(found.primal, found.dual, state_.rho, state_.u);
  if (settings_.balancing && !settings_.compat) balance(found);
  if (outcome_.iterations < settings_.max_iters) {
    corrections_ = actor_.corrections(state_.relaxed, state_.z, state_.u);
    return false;
  }
  outcome_.explanation = fmt::format(
      "not converged after {} iterations: primal residual {:.3g} (tolerance {:.3g}), dual residual {:.3g} "
      "(tolerance {:.3g})",
      outcome_.iterations, found.primal, found.primal_tolerance, found.dual, found.dual_tolerance);
  return true;
}

/// Ever more seldom: with a rho that goes on changing, ADMM need not converge.
void AdmmLoop::balance(const AdmmResiduals& found) {
  if (outcome_.iterations < next_balance_) return;
  next_balance_ = outcome_.iterations + std::max<std::uint64_t>(5, outcome_.iterations / 4);
  const double factor = found.primal > 10 * found.dual ? 2 : found.dual > 10 * found.primal ? 0.5 : 1;
  if (factor == 1 || state_.rho * factor > 1e9 || state_.rho * factor < 1e-9) return;
  state_.rho *= factor;
  for (auto& row : state_.u.rows) {
    for (double& value : row) value /= factor;  // u is the price divided by rho
  }
}

AdmmOutcome AdmmLoop::outcome() && {
  outcome_.x = std::move(state_.x);
  outcome_.z = std::move(state_.z);
  outcome_.u = std::move(state_.u);
  outcome_.rho = state_.rho;
  return std::move(outcome_);
}

AdmmCoordinator::AdmmCoordinator(std::shared_ptr<AdmmGlobalActor> actor, AdmmSettings settings,
                                 std::shared_ptr<AdmmGlobalObjective> objective)
    : actor_(std::move(actor)), settings_(settings), objective_(std::move(objective)) {
  if (!actor_) throw Error(ErrorCode::wrong_use, "ADMM: a coordinator needs a global actor");
}

Task<Content> AdmmCoordinator::start_optimization(Carrier& carrier, Content content, Meta) {
  const AdmmStart start = content.as<AdmmStart>();
  const std::span<const Address> listed = carrier.others();
  const std::vector<Address> agents(listed.begin(), listed.end());
  std::optional<AdmmOutcome> warm;
  std::swap(warm, warm_);
  AdmmLoop loop(*actor_, settings_, start, agents.size(), warm ? &*warm : nullptr);
  AskOptions options;
  options.deadline = settings_.answer_deadline;
  bool over = settings_.max_iters == 0;
  while (!over) {
    std::vector<std::pair<Address, Content>> requests;
    for (std::size_t i = 0; i < agents.size(); ++i) requests.emplace_back(agents[i], loop.correction(i));
    std::vector<Content> contents = co_await carrier.gather_asks(std::move(requests), options);
    std::vector<AdmmAnswer> answers;
    for (const Content& each : contents) answers.push_back(each.as<AdmmAnswer>());
    over = loop.accept(std::move(answers));
  }
  AdmmOutcome outcome = std::move(loop).outcome();
  if (objective_) outcome.objective = objective_->objective(start.data, outcome.x, outcome.u, outcome.z, agents.size());
  if (settings_.tell_agents) {
    for (std::size_t i = 0; i < agents.size(); ++i) carrier.send(agents[i], AdmmFinished{outcome.x[i]});
  }
  Content result(std::move(outcome));
  co_return result;
}

AdmmOutcome optimise_directly(AdmmGlobalActor& actor, std::span<FlexActor* const> agents, const AdmmStart& start,
                              const AdmmSettings& settings, const AdmmOutcome* warm) {
  AdmmLoop loop(actor, settings, start, agents.size(), warm);
  for (bool over = settings.max_iters == 0; !over;) {
    std::vector<AdmmAnswer> answers(agents.size());
    for (std::size_t i = 0; i < agents.size(); ++i) answers[i].x = agents[i]->answer(loop.correction(i));
    over = loop.accept(std::move(answers));
  }
  return std::move(loop).outcome();
}

}  // namespace entente
