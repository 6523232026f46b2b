// SPDX-License-Identifier: MIT
// OwnConstraint: a constraint as one computation believes it to cost, to be changed by that computation alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "entente/base/ids.hpp"

namespace entente {

/// Cells of a constraint's table, seen from the current values of its variables.
enum class Cells {
  entry,   ///< The cell of the current values.
  row,     ///< One's own value takes every value, the others stay.
  column,  ///< One's own value stays, the others take every value.
  table,   ///< All.
};

/// How a penalty changes what a cell is believed to cost.
enum class Penalty {
  add,       ///< cost + penalty
  multiply,  ///< cost + penalty * cost
};

/// A handle on one constraint of a computation, at the current values; valid during the step it came from. True costs
/// are those of the problem, to be minimised whatever its objective, a violated hard constraint as its large weight.
class OwnConstraint {
 public:
  /// The same number for all members of a constraint, and another for each constraint.
  std::uint32_t key() const { return key_; }
  /// Its members but oneself.
  template <class F>
  void each_other(F&& visit) const {
    for (std::uint32_t k = 0; k < arity_; ++k)
      if (members_[k] != self_) visit(ComputationId(members_[k]));
  }
  /// The true cost at the current values, what it is believed to be, and the true extremes of all cells.
  double cost() const { return read(truth_, at()); }
  double believed() const { return read(believed_, at()); }
  double lowest() const { return extremes_[0]; }
  double highest() const { return extremes_[1]; }

  /// Raises the penalty of the chosen cells by `amount`.
  [[gnu::always_inline]] void raise(Cells cells, Penalty penalty, double amount) {
    single_ ? raise_as<float>(cells, penalty, amount) : raise_as<double>(cells, penalty, amount);
  }
  /// Keeps this share of every penalty of the table. O(cells).
  void evaporate(double keep) { single_ ? evaporate_as<float>(keep) : evaporate_as<double>(keep); }

  /// Believes each cell to cost what `believe` makes of its true cost.
  template <class F>
  void believe(F&& believe) {
    if (single_)
      each_cell(Cells::table, [&](std::uint64_t c) {
        static_cast<float*>(believed_)[c] = float(believe(double(static_cast<const float*>(truth_)[c])));
      });
    else
      each_cell(Cells::table, [&](std::uint64_t c) {
        static_cast<double*>(believed_)[c] = believe(static_cast<const double*>(truth_)[c]);
      });
  }

  // For the runtime, which lays the tables out: `outer` rows every `step` cells, each of `domain` own values `stride`
  // apart, with `stride` cells side by side; `rest` is the current cell with the own value at 0.
  struct Layout {
    const void* truth;
    void* believed;
    const double* extremes;
    const std::uint32_t* members;
    std::uint32_t arity, key;
    std::uint64_t outer, step, stride, rest;
    std::uint32_t domain;
    bool single;
  };
  OwnConstraint(const Layout& l, ComputationId self, ValueIndex own)
      : truth_(l.truth),
        believed_(l.believed),
        extremes_(l.extremes),
        members_(l.members),
        arity_(l.arity),
        key_(l.key),
        self_(self),
        outer_(l.outer),
        step_(l.step),
        stride_(l.stride),
        rest_(l.rest),
        domain_(l.domain),
        own_(std::uint32_t(own)),
        single_(l.single) {}

 private:
  std::uint64_t at() const { return rest_ + own_ * stride_; }
  double read(const void* cells, std::uint64_t at) const {
    return single_ ? double(static_cast<const float*>(cells)[at]) : static_cast<const double*>(cells)[at];
  }
  template <class F>
  [[gnu::always_inline]] void each_cell(Cells cells, F&& visit) const {
    switch (cells) {
      case Cells::entry: return visit(at());
      case Cells::row:
        for (std::uint64_t a = 0; a < domain_; ++a) visit(rest_ + a * stride_);
        return;
      case Cells::column:
        for (std::uint64_t o = 0; o < outer_; ++o)
          for (std::uint64_t s = 0; s < stride_; ++s) visit(o * step_ + own_ * stride_ + s);
        return;
      case Cells::table:
        for (std::uint64_t o = 0; o < outer_; ++o)
          for (std::uint64_t s = 0; s < domain_ * stride_; ++s) visit(o * step_ + s);
        return;
    }
  }
  template <class T>
  [[gnu::always_inline]] void raise_as(Cells cells, Penalty penalty, double amount) {
    const T* const truth = static_cast<const T*>(truth_);
    T* const believed = static_cast<T*>(believed_);
    const T by = T(amount);
    if (penalty == Penalty::add)
      each_cell(cells, [&](std::uint64_t c) { believed[c] += by; });
    else
      each_cell(cells, [&](std::uint64_t c) { believed[c] += by * truth[c]; });
  }
  template <class T>
  void evaporate_as(double keep) {
    const T* const truth = static_cast<const T*>(truth_);
    T* const believed = static_cast<T*>(believed_);
    const T share = T(keep);
    each_cell(Cells::table, [&](std::uint64_t c) { believed[c] = truth[c] + share * (believed[c] - truth[c]); });
  }

  const void* truth_;
  void* believed_;
  const double* extremes_;
  const std::uint32_t* members_;
  std::uint32_t arity_, key_;
  ComputationId self_;
  std::uint64_t outer_, step_, stride_, rest_;
  std::uint32_t domain_, own_;
  bool single_;
};

}  // namespace entente
