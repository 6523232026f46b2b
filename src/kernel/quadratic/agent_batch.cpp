// SPDX-License-Identifier: MIT
// How agents become arrays, and their proximal steps.
#include "kernel/quadratic/agent_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace entente::quadratic {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

std::string say(const Contradiction& share, const LinearLimits& limits) {
  switch (share.kind) {
    case LimitKind::lower: return fmt::format("x[{}] >= {}", share.index, limits.lower[share.index]);
    case LimitKind::upper: return fmt::format("x[{}] <= {}", share.index, limits.upper[share.index]);
    case LimitKind::equality: return fmt::format("equality row {}", share.index);
    case LimitKind::inequality: return fmt::format("inequality row {}", share.index);
  }
  return {};
}

}  // namespace

AgentBatch::AgentBatch(std::size_t dimension)
    : dimension_(dimension), stride_(std::max<std::size_t>(1, (dimension + 7) / 8) * 8) {}

void AgentBatch::reserve(std::size_t agents) {
  for (std::vector<double>* numbers : {&lower_, &upper_, &linear_, &curvature_}) numbers->reserve(agents * stride_);
  for (std::vector<double>* numbers : {&l1_, &constant_}) numbers->reserve(agents);
  kind_.reserve(agents);
  general_.reserve(agents);
}

void AgentBatch::add_numbers(std::span<const double> quadratic, std::span<const double> linear, double l1,
                             std::span<const double> lower, std::span<const double> upper) {
  const auto append = [&](std::vector<double>& to, std::span<const double> from, double absent, double padding) {
    if (from.empty())
      to.insert(to.end(), dimension_, absent);
    else
      to.insert(to.end(), from.begin(), from.end());
    to.insert(to.end(), stride_ - dimension_, padding);
  };
  append(curvature_, quadratic, 0, 1);
  append(linear_, linear, 0, 0);
  append(lower_, lower, -infinite, 0);
  append(upper_, upper, infinite, 0);
  l1_.push_back(l1);
  first_row_.push_back(static_cast<std::int64_t>(rhs_.size()));
  kind_.push_back(0);
  row_count_.push_back(0);
  unsolved_.push_back(0);
  by_general_.push_back(0);
  constant_.push_back(0);
  general_.emplace_back();
}

void AgentBatch::add_row(std::span<const double> row, double rhs, bool equal) {
  rows_.insert(rows_.end(), row.begin(), row.end());
  rows_.insert(rows_.end(), stride_ - dimension_, 0);
  rhs_.push_back(rhs);
  equal_.push_back(equal);
  multipliers_.push_back(0);
  ++row_count_.back();
}

void AgentBatch::add(const ResourceAgent& agent, bool with_cost) {
  const std::span<const double> none;
  add_numbers(with_cost ? agent.quadratic : none, with_cost ? agent.linear : none, with_cost ? agent.l1 : 0,
              agent.lower, agent.upper);
  if (with_cost) constant_.back() = agent.constant;
  const bool measured = with_cost && agent.measurement.rows > 0;
  const std::size_t rows = agent.equality.rows + agent.inequality.rows;
  if (rows <= 2 && !measured) {
    for (std::size_t r = 0; r < agent.equality.rows; ++r) add_row(agent.equality.row(r), agent.equality_rhs[r], true);
    for (std::size_t r = 0; r < agent.inequality.rows; ++r) {
      add_row(agent.inequality.row(r), agent.inequality_rhs[r], false);
    }
    kind_.back() = static_cast<std::uint8_t>(rows);
    return;
  }
  auto general = std::make_unique<General>();
  general->limits = {agent.lower,        agent.upper,      agent.equality,
                     agent.equality_rhs, agent.inequality, agent.inequality_rhs};
  if (general->limits.lower.empty()) general->limits.lower.assign(dimension_, -infinite);
  if (general->limits.upper.empty()) general->limits.upper.assign(dimension_, infinite);
  const std::size_t at = (size() - 1) * stride_;
  general->diagonal.assign(curvature_.begin() + static_cast<std::ptrdiff_t>(at),
                           curvature_.begin() + static_cast<std::ptrdiff_t>(at + dimension_));
  general->linear.assign(linear_.begin() + static_cast<std::ptrdiff_t>(at),
                         linear_.begin() + static_cast<std::ptrdiff_t>(at + dimension_));
  general->l1 = l1_.back();
  general->constant = constant_.back();
  if (measured) {
    const DenseMatrix& m = agent.measurement;
    general->dense = DenseMatrix(dimension_, dimension_);
    for (std::size_t r = 0; r < m.rows; ++r) {
      const std::span<const double> row = m.row(r);
      for (std::size_t i = 0; i < dimension_; ++i) {
        general->linear[i] -= row[i] * agent.measured[r];
        for (std::size_t j = 0; j < dimension_; ++j) general->dense(i, j) += row[i] * row[j];
      }
      general->constant += 0.5 * agent.measured[r] * agent.measured[r];
    }
  }
  prepare(*general);
  general_.back() = std::move(general);
  kind_.back() = kernel::other_agent;
}

void AgentBatch::add_ray(std::span<const double> direction, std::span<const double> linear) {
  std::vector<double> lower(direction.begin(), direction.end()), upper = lower;
  for (double& value : lower) value = std::min(value, 0.0);
  for (double& value : upper) value = std::max(value, 0.0);
  add_numbers({}, linear, 0, lower, upper);
  add_row(direction, 0, false);
  kind_.back() = kernel::ray_agent;
}

void AgentBatch::add_flexible(std::span<const double> lower, std::span<const double> upper, const DenseMatrix& rows,
                              std::span<const double> rhs, std::span<const double> linear) {
  add_numbers({}, linear, 0, lower, upper);
  std::size_t kept = 0;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    const std::span<const double> row = rows.row(r);
    if (std::any_of(row.begin(), row.end(), [](double value) { return value != 0; }) || rhs[r] < 0) ++kept;
  }
  if (kept <= 2) {
    for (std::size_t r = 0; r < rows.rows; ++r) {
      const std::span<const double> row = rows.row(r);
      if (std::any_of(row.begin(), row.end(), [](double value) { return value != 0; }) || rhs[r] < 0) {
        add_row(row, rhs[r], false);
      }
    }
    kind_.back() = static_cast<std::uint8_t>(kept);
    return;
  }
  auto general = std::make_unique<General>();
  general->limits = {{lower.begin(), lower.end()}, {upper.begin(), upper.end()}, {}, {}, rows,
                     {rhs.begin(), rhs.end()}};
  general->diagonal.assign(dimension_, 0);
  general->linear.assign(linear.begin(), linear.end());
  prepare(*general);
  general_.back() = std::move(general);
  kind_.back() = kernel::other_agent;
}

/// An agent of the separable kernel, as one for the active-set method.
void AgentBatch::make_general(std::size_t i) {
  auto general = std::make_unique<General>();
  const auto part = [&](const std::vector<double>& from) {
    return std::vector<double>(from.begin() + static_cast<std::ptrdiff_t>(i * stride_),
                               from.begin() + static_cast<std::ptrdiff_t>(i * stride_ + dimension_));
  };
  general->diagonal = part(curvature_);
  general->linear = part(linear_);
  general->l1 = l1_[i];
  general->constant = constant_[i];
  general->limits.lower = part(lower_);
  general->limits.upper = part(upper_);
  DenseMatrix equal(0, dimension_), other(0, dimension_);
  for (std::size_t r = 0; r < row_count_[i]; ++r) {
    const std::size_t row = static_cast<std::size_t>(first_row_[i]) + r;
    DenseMatrix& into = equal_[row] ? equal : other;
    const double* from = rows_.data() + row * stride_;
    into.values.insert(into.values.end(), from, from + dimension_);
    ++into.rows;
    (equal_[row] ? general->limits.equality_rhs : general->limits.inequality_rhs).push_back(rhs_[row]);
  }
  general->limits.equality = std::move(equal);
  general->limits.inequality = std::move(other);
  prepare(*general);
  general_[i] = std::move(general);
}

/// Makes the solver: of x itself, or of its two halves where |x| has a cost.
void AgentBatch::prepare(General& general) const {
  const std::size_t n = dimension_;
  general.split = general.l1 > 0;
  if (!general.split) {
    general.solver = std::make_unique<ActiveSetQp>(general.limits);
    general.gradient.assign(n, 0);
    return;
  }
  LinearLimits halves;
  halves.lower.assign(2 * n, 0);
  halves.upper.assign(2 * n, 0);
  for (std::size_t k = 0; k < n; ++k) {
    const double low = general.limits.lower[k], high = general.limits.upper[k];
    halves.lower[k] = std::max(low, 0.0);
    halves.upper[k] = std::max(high, 0.0);
    halves.lower[n + k] = std::max(-high, 0.0);
    halves.upper[n + k] = std::max(-low, 0.0);
  }
  const auto doubled = [&](const DenseMatrix& rows) {
    DenseMatrix both(rows.rows, 2 * n);
    for (std::size_t r = 0; r < rows.rows; ++r) {
      for (std::size_t k = 0; k < n; ++k) {
        both(r, k) = rows(r, k);
        both(r, n + k) = -rows(r, k);
      }
    }
    return both;
  };
  halves.equality = doubled(general.limits.equality);
  halves.equality_rhs = general.limits.equality_rhs;
  halves.inequality = doubled(general.limits.inequality);
  halves.inequality_rhs = general.limits.inequality_rhs;
  general.solver = std::make_unique<ActiveSetQp>(halves);
  general.gradient.assign(2 * n, 0);
}

void AgentBatch::set_weight(double weight) {
  weight_ = weight;
  inverse_.resize(curvature_.size());
  for (std::size_t k = 0; k < curvature_.size(); ++k) inverse_[k] = 1 / (curvature_[k] + weight);
}

bool AgentBatch::general_step(std::size_t i, const double* base, const double* shift, double* x) {
  General& general = *general_[i];
  const std::size_t n = dimension_;
  if (general.weight != weight_) {
    general.weight = weight_;
    if (general.dense.rows == 0) {
      std::vector<double> diagonal = general.diagonal;
      for (double& value : diagonal) value += weight_;
      if (general.split) diagonal.insert(diagonal.end(), diagonal.begin(), diagonal.end());
      general.solver->set_curvature(diagonal);
    } else {
      const std::size_t all = general.split ? 2 * n : n;
      DenseMatrix h(all, all);
      for (std::size_t r = 0; r < all; ++r) {
        for (std::size_t c = 0; c < all; ++c) {
          h(r, c) = ((r < n) == (c < n) ? 1 : -1) * general.dense(r % n, c % n);
        }
        h(r, r) += general.diagonal[r % n] + weight_;
      }
      general.solver->set_curvature(h);
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double slope = general.linear[k] - weight_ * ((base ? base[i * stride_ + k] : 0) + shift[k]);
    general.gradient[k] = slope + (general.split ? general.l1 : 0);
    if (general.split) general.gradient[n + k] = general.l1 - slope;
  }
  if (general.solver->solve(general.gradient) != QpStatus::optimal) return false;
  double* into = x + i * stride_;
  const std::span<const double> found = general.solver->x();
  for (std::size_t k = 0; k < n; ++k) into[k] = general.split ? found[k] - found[n + k] : found[k];
  for (std::size_t k = n; k < stride_; ++k) into[k] = 0;
  return true;
}

bool AgentBatch::step(const double* base, const double* shift, std::size_t begin, std::size_t end, double* x) {
  const kernel::SeparableAgents agents{static_cast<std::int64_t>(stride_),
                                       lower_.data(),
                                       upper_.data(),
                                       linear_.data(),
                                       inverse_.data(),
                                       l1_.data(),
                                       kind_.data(),
                                       first_row_.data(),
                                       rows_.data(),
                                       rhs_.data(),
                                       equal_.data(),
                                       multipliers_.data()};
  kernel::separable_kernels().proximal(agents, weight_, base, shift, static_cast<std::int64_t>(begin),
                                       static_cast<std::int64_t>(end), x, unsolved_.data());
  bool all = true;
  for (std::size_t i = begin; i < end; ++i) {
    if (unsolved_[i] && !general_[i]) make_general(i);
    by_general_[i] = unsolved_[i] || kind_[i] == kernel::other_agent;
    if (!by_general_[i]) continue;
    unsolved_[i] = !general_step(i, base, shift, x);
    all = all && !unsolved_[i];
  }
  return all;
}

std::vector<Contradiction> AgentBatch::contradiction(std::size_t i) const {
  if (!general_[i]) return {};
  std::vector<Contradiction> shares = general_[i]->solver->contradiction();
  if (!general_[i]->split) return shares;
  for (Contradiction& share : shares) {  // of the halves: back to those of x
    if (share.kind != LimitKind::lower && share.kind != LimitKind::upper) continue;
    if (share.index < dimension_) continue;
    share.index -= dimension_;
    share.kind = share.kind == LimitKind::lower ? LimitKind::upper : LimitKind::lower;
  }
  return shares;
}

std::optional<LocalConflict> AgentBatch::conflict() const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!unsolved_[i]) continue;
    std::string why;
    for (const Contradiction& share : contradiction(i)) {
      if (!why.empty()) why += ", ";
      if (why.size() > 200) {
        why += "...";
        break;
      }
      why += say(share, general_[i]->limits);
    }
    if (why.empty()) return LocalConflict{i, "its numbers are too far apart for double precision"};
    return LocalConflict{i, fmt::format("no x keeps all of: {}", why)};
  }
  return std::nullopt;
}

AgentBatch::Scale AgentBatch::scale() const {
  Scale found;
  double curvatures = 0, slopes = 0, widths = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    const General* general = general_[i].get();
    for (std::size_t k = 0; k < dimension_; ++k) {
      const std::size_t at = i * stride_ + k;
      double curvature = curvature_[at];
      if (general && general->dense.rows > 0) curvature += general->dense(k, k);
      const double slope = std::abs(general ? general->linear[k] : linear_[at]) + l1_[i];
      const double width = upper_[at] - lower_[at];
      if (curvature > 0) found.curvature += curvature, ++curvatures;
      if (slope > 0) found.slope += slope, ++slopes;
      if (width > 0 && width < infinite) found.width += width, ++widths;
    }
  }
  if (curvatures > 0) found.curvature /= curvatures;
  if (slopes > 0) found.slope /= slopes;
  if (widths > 0) found.width /= widths;
  return found;
}

}  // namespace entente::quadratic
