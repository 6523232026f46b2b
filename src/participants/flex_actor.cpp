// SPDX-License-Identifier: MIT
#include "entente/participants/flex_actor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/carriers/wire.hpp"
#include "kernel/quadratic/agent_batch.hpp"

namespace entente {
namespace {

double sign_of(double value) { return value < 0 ? -1 : 1; }

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::bad_input, "flex actor: " + what); }

void expect_size(std::size_t found, std::size_t expected, const char* name) {
  if (found != expected) {
    refuse(fmt::format("{} has {} numbers; expected {}, as many as the lower bounds", name, found, expected));
  }
}

}  // namespace

struct FlexActor::Solver {
  explicit Solver(std::size_t dimension) : batch(dimension), shift(batch.stride(), 0), x(batch.stride(), 0) {}
  quadratic::AgentBatch batch;
  std::vector<double> shift, x;
};

FlexActor::FlexActor() = default;
FlexActor::FlexActor(FlexActor&&) noexcept = default;
FlexActor& FlexActor::operator=(FlexActor&&) noexcept = default;
FlexActor::~FlexActor() = default;

FlexActor::FlexActor(std::vector<double> lower, std::vector<double> upper, DenseMatrix C, std::vector<double> d,
                     std::vector<double> S)
    : lower_(std::move(lower)), upper_(std::move(upper)), d_(std::move(d)), S_(std::move(S)), C_(std::move(C)) {
  check();
  prepare();
}

FlexActor FlexActor::box_bounded(std::vector<double> lower, std::vector<double> upper, std::vector<double> S) {
  const std::size_t n = lower.size();
  return FlexActor(std::move(lower), std::move(upper), DenseMatrix(0, n), {}, std::move(S));
}

FlexActor FlexActor::one_to_many(double in_capacity, std::span<const double> eta, std::span<const double> P,
                                 PriceSign sign) {
  if (eta.empty()) refuse("eta is empty; expected a number for each flow");
  FlexActor actor;
  const std::size_t m = eta.size();
  for (const double value : eta) actor.ray_.push_back(in_capacity * value);
  const std::vector<double>& t = actor.ray_;
  double sum = 0;
  for (const double value : t) {
    actor.lower_.push_back(std::min(0.0, value));
    actor.upper_.push_back(std::max(0.0, value));
    sum += std::abs(value);
  }
  actor.S_.assign(m, 0);
  if (!P.empty()) {
    expect_size(P.size(), m, "P");
    for (std::size_t k = 0; k < m; ++k) actor.S_[k] = sign == PriceSign::compat ? -P[k] : P[k];
  }
  std::size_t tied_to = m - 1;
  if (sign != PriceSign::compat) {
    while (tied_to > 0 && t[tied_to] == 0) --tied_to;
  }
  actor.C_ = DenseMatrix(1 + 2 * (m - 1), m);
  actor.d_.assign(actor.C_.rows, 0);
  actor.d_[0] = sum;
  for (std::size_t k = 0; k < m; ++k) actor.C_(0, k) = sign_of(t[k]);
  std::size_t row = 1;
  for (std::size_t k = 0; k < m; ++k) {
    if (k == tied_to) continue;
    if (t[k] != 0 && t[tied_to] != 0) {
      actor.C_(row, k) = 1 / t[k];
      actor.C_(row, tied_to) = -1 / t[tied_to];
      for (std::size_t j = 0; j < m; ++j) actor.C_(row + 1, j) = -actor.C_(row, j);
    }
    row += 2;
  }
  if (t[tied_to] == 0) actor.ray_.clear();  // the box is all there is
  actor.check();
  actor.prepare();
  return actor;
}

void FlexActor::check() const {
  const std::size_t n = lower_.size();
  expect_size(upper_.size(), n, "upper");
  expect_size(S_.size(), n, "S");
  if (C_.rows > 0 && C_.columns != n) refuse(fmt::format("C has rows of {} numbers; expected {}", C_.columns, n));
  if (d_.size() != C_.rows)
    refuse(fmt::format("d has {} numbers; expected {}, one for each row of C", d_.size(), C_.rows));
  for (std::size_t k = 0; k < n; ++k) {
    if (std::isnan(lower_[k]) || std::isnan(upper_[k]) || lower_[k] == HUGE_VAL || upper_[k] == -HUGE_VAL) {
      refuse(fmt::format("bounds {} and {} of flow {} leave nothing between them", lower_[k], upper_[k], k));
    }
    if (lower_[k] > upper_[k]) {
      refuse(fmt::format("flow {} has the lower bound {} above its upper bound {}", k, lower_[k], upper_[k]));
    }
    if (!std::isfinite(S_[k])) refuse(fmt::format("S[{}] is not finite", k));
  }
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(C_.values.begin(), C_.values.end(), finite)) refuse("C has a number that is not finite");
  if (!std::all_of(d_.begin(), d_.end(), finite)) refuse("d has a number that is not finite");
}

void FlexActor::prepare() {
  solver_ = std::make_unique<Solver>(dimension());
  quadratic::AgentBatch& batch = solver_->batch;
  if (!ray_.empty()) {
    batch.add_ray(ray_, S_);
  } else {
    batch.add_flexible(lower_, upper_, C_, d_, S_);
  }
  batch.set_weight(1);
  if (!batch.step(nullptr, solver_->shift.data(), 0, 1, solver_->x.data())) refuse(batch.conflict()->why);
}

const std::vector<double>& FlexActor::answer(const AdmmMessage& message) {
  if (message.v.size() != dimension()) {
    refuse(fmt::format("was asked about {} numbers; it has {}", message.v.size(), dimension()));
  }
  if (!(message.rho > 0) || !std::isfinite(message.rho))
    refuse(fmt::format("rho is {}; expected a number above 0", message.rho));
  Solver& solver = *solver_;
  if (solver.batch.weight() != message.rho) solver.batch.set_weight(message.rho);
  for (std::size_t k = 0; k < dimension(); ++k) {
    if (!std::isfinite(message.v[k])) refuse(fmt::format("v[{}] is not finite", k));
    solver.shift[k] = -message.v[k];
  }
  if (!solver.batch.step(nullptr, solver.shift.data(), 0, 1, solver.x.data())) refuse(solver.batch.conflict()->why);
  x_.assign(solver.x.begin(), solver.x.begin() + static_cast<std::ptrdiff_t>(dimension()));
  return x_;
}

void FlexActor::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  if (const AdmmFinished* finished = content.get<AdmmFinished>()) {
    x_ = finished->x;
    return;
  }
  carrier.reply(meta, AdmmAnswer{answer(content.as<AdmmMessage>()), {}});
}

const std::vector<double>& result(const FlexActor& actor) {
  if (actor.x().empty() && actor.dimension() > 0) {
    throw Error(ErrorCode::wrong_use, "flex actor: it has no result, since no coordinator has asked it yet");
  }
  return actor.x();
}

void add_admm_messages(ContentTypes& types) { types.add<AdmmMessage>().add<AdmmAnswer>().add<AdmmFinished>(); }

}  // namespace entente
