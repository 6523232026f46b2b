// SPDX-License-Identifier: MIT
// Roles: algorithms with two kinds of computations, variables and factors, whose messages are cost vectors. Their steps
// are written for one edge or factor and run for a block of them at once, so they branch on parameters only.
#pragma once

#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "entente/algorithm/algorithm_of.hpp"
#include "entente/algorithm/costs.hpp"
#include "entente/algorithm/factor_population.hpp"
#include "entente/algorithm/parameters.hpp"
#include "entente/algorithm/protocol.hpp"
#include "entente/base/random.hpp"

namespace entente {

/// Names the two kinds of computations of an algorithm on factor graphs.
template <class V, class F>
struct Roles {
  using Variable = V;
  using Factor = F;
};

namespace detail {

/// Makes messages of computations that sleep zero: those of the block's factors, or of the variables at `index`.
template <class R>
void silence(const FactorBlock& block, std::uint32_t position, const std::uint32_t* wakes, const std::uint32_t* index,
             R* messages) {
  const kernel::MessageShape& shape = block.shapes[position];
  for (std::uint32_t i = 0; i < block.count; ++i) {
    if (wakes[index ? index[i] : i] <= block.cycle) continue;
    R* const first = messages + std::size_t(i / shape.lanes) * shape.row + i % shape.lanes;
    for (std::uint32_t v = 0; v < shape.size; ++v) first[std::size_t(v) * shape.lanes] = 0;
  }
}
inline void silence(const FactorBlock& block, std::uint32_t position, const std::uint32_t* wakes,
                    const std::uint32_t* index, void* messages) {
  if (block.kernels->number_bytes == sizeof(float))
    silence(block, position, wakes, index, static_cast<float*>(messages));
  else
    silence(block, position, wakes, index, static_cast<double*>(messages));
}

inline void* note(const FactorBlock& block, std::uint32_t n, std::uint32_t position) {
  return block.notes[n * block.arity + position];
}
inline void set_note(const FactorBlock& block, std::uint32_t n, std::uint32_t position, const Costs& costs) {
  block.kernels->copy(costs.numbers(), costs.data(), note(block, n, position));
}

/// Calls `visit(cost, at, factor)` for each factor's message at a position: a typed pointer to its first cost, which is
/// number `at` of the array.
template <class F>
void each_message(const FactorBlock& block, std::uint32_t position, void* messages, F&& visit) {
  const kernel::MessageShape& shape = block.shapes[position];
  const auto go = [&](auto* costs) {
    for (std::uint32_t i = 0; i < block.count; ++i) {
      const std::size_t at = std::size_t(i / shape.lanes) * shape.row + i % shape.lanes;
      visit(costs + at, at, i);
    }
  };
  if (block.kernels->number_bytes == sizeof(float))
    go(static_cast<float*>(messages));
  else
    go(static_cast<double*>(messages));
}

inline Costs where_early(const FactorBlock& block, std::uint32_t position, bool early, Costs&& fresh,
                         const Costs& last) {
  const kernel::MessageShape& shape = block.shapes[position];
  each_message(block, position, fresh.writable(), [&](auto* costs, std::size_t at, std::uint32_t i) {
    if ((block.early[position][i] != 0) == early) return;
    const auto* const kept = static_cast<std::add_const_t<std::remove_pointer_t<decltype(costs)>>*>(last.data()) + at;
    for (std::uint32_t v = 0; v < shape.size; ++v)
      costs[std::size_t(v) * shape.lanes] = kept[std::size_t(v) * shape.lanes];
  });
  return std::move(fresh);
}

/// Makes every value but the decided one cost more than anything else.
inline void only_decided(const FactorBlock& block, std::uint32_t position, bool early, Costs& message) {
  const kernel::MessageShape& shape = block.shapes[position];
  each_message(block, position, message.writable(), [&](auto* costs, std::size_t, std::uint32_t i) {
    if ((block.early[position][i] != 0) != early) return;
    const auto decided = std::uint32_t(block.values[position][block.index[position][i]]);
    for (std::uint32_t v = 0; v < shape.size; ++v)
      if (v != decided) costs[std::size_t(v) * shape.lanes] = sizeof(*costs) == sizeof(float) ? 1e30f : 1e300;
  });
}

}  // namespace detail

/// A variable before the first cycle.
template <class A>
class StartSelf {
 public:
  StartSelf(const VariableStart& start, const typename A::Params& params) : start_(start), params_(params) {}
  const auto& params() const { return params_; }
  VariableId id() const { return start_.id; }
  std::uint32_t degree() const { return start_.degree; }
  ValueIndex domain() const { return ValueIndex(start_.size); }
  /// A number in [0, 1), addressed by seed, variable and `draw`.
  double uniform(std::uint32_t draw) const { return unit(start_.salt, start_.id, draw); }
  /// Makes `value` dearer in everything the variable says and decides, but not in any cost that is reported.
  void prefer_less(ValueIndex value, double cost) { start_.preferences[value] += cost; }

 private:
  const VariableStart& start_;
  const typename A::Params& params_;
};

/// A variable as it decides.
class DecideSelf {
 public:
  /// The sum of all that the variable's factors said last and of its own costs.
  struct Belief {
    friend Belief cheapest(Belief belief) { return belief; }
  };
  explicit DecideSelf(VariableBlock& block) : block_(block) {}
  Belief belief() const { return {}; }
  /// Takes the cheapest value; the lowest of those that tie.
  void choose(Belief) {
    block_.changed += block_.kernels->cheapest(block_.size, block_.stride, block_.count, block_.beliefs, block_.values);
  }

 private:
  VariableBlock& block_;
};

/// A variable at one of its edges, as it speaks to the factor there.
template <class A>
class EdgeSelf {
 public:
  EdgeSelf(FactorBlock& block, const typename A::Params& params, CostScratch& scratch, std::uint32_t position,
           const void** told)
      : block_(block), params_(params), scratch_(scratch), position_(position), told_(told) {}
  const auto& params() const { return params_; }
  /// The variable's belief, as it made it known after it last decided.
  Costs belief() {
    Costs costs(block_, position_, scratch_);
    block_.kernels->gather(costs.shape(), block_.beliefs[position_], block_.strides[position_], block_.index[position_],
                           costs.writable());
    return costs;
  }
  /// What this factor last said to the variable.
  Costs heard() { return Costs::kept(block_, position_, scratch_, block_.factor_sent[position_]); }
  /// What the variable last said to this factor; only if the algorithm `remembers`.
  Costs sent() { return Costs::kept(block_, position_, scratch_, block_.variable_sent[position_]); }
  /// What was noted n-th on this edge; zeros at first. Only if the algorithm declares `notes`.
  Costs note(std::uint32_t n) { return Costs::kept(block_, position_, scratch_, detail::note(block_, n, position_)); }
  void set_note(std::uint32_t n, const Costs& costs) { detail::set_note(block_, n, position_, costs); }
  /// Replaces a note of what the variable said: zeros as long as it has not woken.
  void set_said(std::uint32_t n, const Costs& costs) {
    set_note(n, costs);
    if (block_.variable_wakes)
      detail::silence(block_, position_, block_.variable_wakes[position_], block_.index[position_],
                      detail::note(block_, n, position_));
  }
  std::uint64_t cycle() const { return block_.cycle; }
  /// Only if the algorithm is `ordered`: see FactorBlock.
  std::uint64_t longest_path() const { return block_.longest_path; }
  /// `fresh` on edges whose variable comes before (or not before) the factor, `last` on the others.
  Costs where_early(bool early, Costs&& fresh, const Costs& last) {
    return detail::where_early(block_, position_, early, std::move(fresh), last);
  }
  bool settled() const { return !block_.stirred; }
  void stir() { block_.stirred = true; }
  void send(Costs message) {
    send(std::move(message), [](Costs&) {});
  }
  /// The same where, for edges whose variable comes before (or not before) the factor, the factor is to take all values
  /// but the variable's last decision for impossible. What was sent is remembered without that.
  void send_with_value(bool early, Costs message) {
    send(std::move(message), [&](Costs& out) { detail::only_decided(block_, position_, early, out); });
  }

 private:
  template <class F>
  void send(Costs message, F&& finish) {
    void* const out = message.writable();
    if (block_.variable_wakes)
      detail::silence(block_, position_, block_.variable_wakes[position_], block_.index[position_], out);
    if (block_.variable_sent) block_.kernels->copy(message.numbers(), out, block_.variable_sent[position_]);
    finish(message);
    told_[position_] = out;
  }

  FactorBlock& block_;
  const typename A::Params& params_;
  CostScratch& scratch_;
  std::uint32_t position_;
  const void** told_;
};

/// A factor that has heard all its variables.
template <class A>
class FactorSelf {
 public:
  FactorSelf(FactorBlock& block, const typename A::Params& params, CostScratch& scratch, const void** told,
             void** lowest)
      : block_(block), params_(params), scratch_(scratch), told_(told), lowest_(lowest) {}
  const auto& params() const { return params_; }
  std::uint32_t degree() const { return block_.arity; }
  /// For each value of variable k, the cost of the cheapest completion: this factor's own cost and what all its other
  /// variables said. Worked out for all of them in one pass over the table.
  Costs min_marginal(Neighbour k) {
    if (!worked_out_) {
      for (std::uint32_t j = 0; j < block_.arity; ++j)
        lowest_[j] = scratch_.take(block_.shapes[j].numbers() * block_.kernels->number_bytes);
      if (block_.min_marginals)
        block_.min_marginals(block_, told_, lowest_);
      else
        block_.kernels->min_marginals(block_.table, block_.tables, told_, lowest_);
      worked_out_ = true;
    }
    return Costs::own(block_, k, scratch_, lowest_[k]);
  }
  /// Makes `min_marginal` count with `costs` as what variable k said.
  void hear(Neighbour k, Costs costs) {
    told_[k] = costs.writable();
    worked_out_ = false;
  }
  /// What was noted n-th on the edge to variable k; zeros at first. Only if the algorithm declares `notes`.
  Costs note(Neighbour k, std::uint32_t n) { return Costs::kept(block_, k, scratch_, detail::note(block_, n, k)); }
  /// Replaces a note of what the factor said: zeros as long as it has not woken.
  void set_said(Neighbour k, std::uint32_t n, const Costs& costs) {
    detail::set_note(block_, n, k, costs);
    if (block_.factor_wakes) detail::silence(block_, k, block_.factor_wakes, nullptr, detail::note(block_, n, k));
  }
  std::uint64_t cycle() const { return block_.cycle; }
  /// Only if the algorithm is `ordered`: see FactorBlock.
  std::uint64_t longest_path() const { return block_.longest_path; }
  /// `fresh` for factors that variable k comes before (or not before), `last` for the others.
  Costs where_early(Neighbour k, bool early, Costs&& fresh, const Costs& last) {
    return detail::where_early(block_, k, early, std::move(fresh), last);
  }
  /// What this factor last said to variable k.
  Costs sent(Neighbour k) { return Costs::kept(block_, k, scratch_, block_.factor_sent[k]); }
  bool settled() const { return !block_.stirred; }
  void stir() { block_.stirred = true; }
  void send(Neighbour k, Costs message) {
    block_.kernels->copy(message.numbers(), message.data(), block_.factor_sent[k]);
    if (block_.factor_wakes) detail::silence(block_, k, block_.factor_wakes, nullptr, block_.factor_sent[k]);
  }

 private:
  FactorBlock& block_;
  const typename A::Params& params_;
  CostScratch& scratch_;
  const void** told_;
  void** lowest_;
  bool worked_out_ = false;
};

template <class A>
concept TwoRoles = requires {
  typename A::Computations::Variable;
  typename A::Computations::Factor;
};

/// The typed steps of an algorithm with two roles.
template <class A>
class RolePopulation final : public FactorPopulation {
  using Variable = typename A::Computations::Variable;
  using Factor = typename A::Computations::Factor;

 public:
  explicit RolePopulation(std::span<const Setting> settings) : params_(read_params<A>(settings)) {}

  Speakers first_speakers() const override { return A::first_speakers(params_); }
  bool remembers_variables() const override { return A::remembers_variables(params_); }
  std::uint32_t notes() const override {
    if constexpr (requires { A::notes; })
      return A::notes;
    else
      return 0;
  }
  bool ordered() const override {
    if constexpr (requires { A::ordered; })
      return A::ordered;
    else
      return false;
  }
  std::uint64_t calm_cycles(std::uint64_t longest_path) const override {
    if constexpr (requires { A::calm_cycles(params_, longest_path); })
      return A::calm_cycles(params_, longest_path);
    else
      return FactorPopulation::calm_cycles(longest_path);
  }
  void start(const VariableStart& variable) const override {
    StartSelf<A> self(variable, params_);
    Variable{}.start(self);
  }
  void speak(FactorBlock& block) const override {
    CostScratch scratch(block);
    auto** const told = static_cast<const void**>(scratch.take(block.arity * sizeof(void*)));
    auto** const lowest = static_cast<void**>(scratch.take(block.arity * sizeof(void*)));
    for (std::uint32_t k = 0; k < block.arity; ++k) {
      EdgeSelf<A> edge(block, params_, scratch, k, told);
      Variable{}.tell(edge);
    }
    FactorSelf<A> factor(block, params_, scratch, told, lowest);
    Factor{}.step(factor);
  }
  void decide(VariableBlock& block) const override {
    DecideSelf self(block);
    Variable{}.step(self);
  }

 private:
  typename A::Params params_;
};

/// Returns the erased form of an algorithm with two roles.
template <class A>
requires TwoRoles<A> Algorithm algorithm_of() {
  static_assert(Declared<A>, "an algorithm declares info, Params and parameters");
  Algorithm a;
  a.info = A::info;
  a.phases = 1;
  a.parameters = [] { return parameters_of<A>(); };
  a.memory = [](const Node& node) { return A::memory(node); };
  a.load = [](const Link& link) { return A::load(link); };
  a.populate_factors = [](std::span<const Setting> settings) -> std::unique_ptr<FactorPopulation> {
    return std::make_unique<RolePopulation<A>>(settings);
  };
  return a;
}

}  // namespace entente
