// SPDX-License-Identifier: MIT
// Values, what they cost, and the loop that restores consistency.
#include <algorithm>

#include "kernel/exact/soft_network.hpp"

namespace entente {
namespace {

constexpr std::uint64_t work_between_looks = std::uint64_t(1) << 20;

}  // namespace

// Takes a value away. Whoever calls this sees to `normalise`.
void SoftNetwork::discard(std::uint32_t variable, ValueIndex value) {
  trail_.touch(unary_[variable], width_[variable]);
  trail_.cells(unary_[variable])[value] = infinity;
  undo_.push_back({Change::value, variable, live_[variable]});
  ValueIndex* const values = values_.data() + first_value_[variable];
  ValueIndex* const places = value_place_.data() + first_value_[variable];
  const ValueIndex place = places[value], last = values[--live_[variable]];
  values[place] = last;
  places[last] = place;
  values[live_[variable]] = value;
  places[value] = static_cast<ValueIndex>(live_[variable]);
  shrunk_.insert(variable);
  stirred_.insert(variable);
}

// Adds by[a] to the cost of each value and notes it at `shifted`.
bool SoftNetwork::raise(std::uint32_t variable, std::uint32_t shifted, const double* by) {
  trail_.touch(unary_[variable], width_[variable]);
  trail_.touch(shifted, width_[variable]);
  double* const unary = trail_.cells(unary_[variable]);
  double* const moved = trail_.cells(shifted);
  const double room = top_ - constant_;
  kernel::SoftRaise raise{unary, moved, by, width_[variable], room, 0, false, false};
  kernels_.raise(raise);
  if (!raise.out_of_room) {
    if (!raise.lost_zero) return true;
    raised_.insert(variable);
    stirred_.insert(variable);
    if (raise.least <= 0) return true;
    for (std::uint32_t a = 0; a < width_[variable]; ++a) unary[a] -= raise.least;
    constant_ += raise.least;
    prune_ = true;
    return constant_ < top_;
  }
  bool lost_zero = false;
  for (std::uint32_t i = live_[variable]; i-- > 0;) {
    const ValueIndex a = values_[first_value_[variable] + i];
    if (by[a] <= 0) continue;
    lost_zero |= unary[a] == 0;
    if (unary[a] + by[a] >= room) {
      discard(variable, a);
    } else {
      unary[a] += by[a];
      moved[a] += by[a];
    }
  }
  return normalise(variable, lost_zero);
}

// Moves what every value costs to the constant, after values became dearer or were taken away.
bool SoftNetwork::normalise(std::uint32_t variable, bool lost_zero) {
  if (live_[variable] == 0) return false;
  if (live_[variable] == 1) assigned_.insert(variable);
  if (!lost_zero) return true;
  trail_.touch(unary_[variable], width_[variable]);
  double* const unary = trail_.cells(unary_[variable]);
  double least = infinity;
  for (const ValueIndex a : values(variable)) least = std::min(least, unary[a]);
  if (least > 0) {
    for (const ValueIndex a : values(variable)) unary[a] -= least;
    constant_ += least;
    prune_ = true;
  }
  raised_.insert(variable);
  stirred_.insert(variable);
  return constant_ < top_;
}

bool SoftNetwork::prune(std::uint32_t variable) {
  const double* const unary = trail_.cells(unary_[variable]);
  bool any = false;
  for (std::uint32_t a = 0; a < width_[variable]; ++a) any |= unary[a] + constant_ >= top_ && unary[a] < infinity;
  if (!any) return true;
  bool lost_zero = false;
  for (std::uint32_t i = live_[variable]; i-- > 0;) {
    const ValueIndex a = values_[first_value_[variable] + i];
    const double cost = trail_.cells(unary_[variable])[a];
    if (cost + constant_ < top_) continue;
    lost_zero |= cost == 0;
    discard(variable, a);
  }
  return normalise(variable, lost_zero);
}

bool SoftNetwork::prune_all() {
  prune_ = false;
  if (constant_ >= top_) return false;
  for (std::uint32_t i = open_count_; i-- > 0;)
    if (!prune(open_[i])) return false;
  return true;
}

bool SoftNetwork::keep(std::uint32_t variable, ValueIndex low, ValueIndex high, bool inside) {
  culprit_ = none;
  for (std::uint32_t i = live_[variable]; i-- > 0;) {
    const ValueIndex a = values_[first_value_[variable] + i];
    if ((a >= low && a <= high) != inside) discard(variable, a);
  }
  if (normalise(variable, true)) return true;
  fail();
  return false;
}

// A variable with one value left: its functions become costs of their other variables.
bool SoftNetwork::settle(std::uint32_t variable) {
  if (!is_open(variable)) return true;
  close(variable);
  shrunk_.erase(variable);
  raised_.erase(variable);
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[ring(variable)]) {
    const std::uint32_t edge = edge_at(at);
    unlink(edge);
    unlink(edge ^ 1);
    if (!project(edge ^ 1)) return false;
  }
  if (table_degree_[variable] == 0) return true;
  for (const auto& [table, place] : tables_of_[variable]) {
    if (!tables_[table].active) continue;
    --tables_[table].left;
    undo_.push_back({Change::table_left, table, 0});
    if (!shrink_table(table)) return false;
  }
  return true;
}

void SoftNetwork::stir(std::uint32_t variable) {
  existential_.insert(variable);
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at]) {
    const std::uint32_t other = end_of(edge_at(at) ^ 1);
    if (other > variable) existential_.insert(other);
  }
  if (table_degree_[variable] == 0) return;
  for (const auto& [table, place] : tables_of_[variable])
    if (tables_[table].active && is_small(tables_[table]))
      for (const std::uint32_t other : tables_[table].function->scope) existential_.insert(other);
}

// The functions that fail are likely to fail again.
void SoftNetwork::fail() {
  if (culprit_ != none) weights_[culprit_] += 1;
  for (PositionSet* set : {&assigned_, &shrunk_, &few_, &raised_, &existential_, &stirred_, &restless_tables_})
    set->clear();
}

bool SoftNetwork::propagate() {
  for (bool consistent = true;;) {
    if (work_ >= next_look_) {
      next_look_ = work_ + work_between_looks;
      if (watch_ != nullptr && (*watch_)()) return true;
    }
    if (!assigned_.empty()) {
      consistent = settle(assigned_.take_lowest());
    } else if (!shrunk_.empty()) {
      consistent = support_neighbours(shrunk_.take_lowest());
    } else if (!few_.empty()) {
      consistent = eliminate(few_.take_lowest());
    } else if (!raised_.empty()) {
      consistent = support_lower(raised_.take_highest());
    } else if (prune_) {
      culprit_ = none;
      consistent = prune_all();
    } else if (!restless_tables_.empty()) {
      consistent = support_table(restless_tables_.take_lowest());
    } else if (!stirred_.empty()) {
      while (!stirred_.empty()) stir(stirred_.take_lowest());
    } else if (!existential_.empty()) {
      consistent = support_existentially(existential_.take_lowest());
    } else {
      return true;
    }
    if (!consistent) {
      fail();
      return false;
    }
  }
}

}  // namespace entente
