// SPDX-License-Identifier: MIT
// Taking the messages of a run out of their blocks, and putting them back into those of another.
#include "runtime/factor_messages.hpp"

#include "runtime/factor_run.hpp"

namespace entente::runtime {
namespace {

double number(const std::byte* numbers, std::uint32_t number_bytes, std::size_t at) {
  return number_bytes == sizeof(float) ? double(reinterpret_cast<const float*>(numbers)[at])
                                       : reinterpret_cast<const double*>(numbers)[at];
}
void add(std::byte* numbers, std::uint32_t number_bytes, std::size_t at, double cost) {
  if (number_bytes == sizeof(float))
    reinterpret_cast<float*>(numbers)[at] += static_cast<float>(cost);
  else
    reinterpret_cast<double*>(numbers)[at] += cost;
}

}  // namespace

/// Calls `visit(constraint, position, class, first, step, row)` for every edge: its messages are the numbers `first`,
/// `first + step`, … of the class's arrays, and its variable has row `row` of its class.
template <class Visit>
void FactorRun::each_message(Visit&& visit) const {
  const auto& classes = layout_.factor_classes();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const FactorClass& factors = classes[c];
    for (std::size_t f = 0; f < factors.constraints.size(); ++f) {
      const std::size_t block = f / factors.factors(), i = f % factors.factors();
      for (std::uint32_t k = 0; k < factors.arity(); ++k) {
        const std::size_t first = block * factors.offsets.back() + factors.offsets[k] +
                                  i / factors.lanes * factors.shapes[k].row + i % factors.lanes;
        visit(factors.constraints[f], k, c, first, factors.lanes,
              factors.index[factors.edge(block, k, std::uint32_t(i))]);
      }
    }
  }
}

void FactorRun::restore(const FactorMessages& messages) {
  if (messages.edges.empty()) return;
  wake_ = {};
  variable_wakes_.clear();
  const std::uint32_t bytes = kernels_.number_bytes;
  each_message([&](ConstraintId constraint, std::uint32_t k, std::size_t c, std::size_t first, std::size_t step,
                   std::uint32_t row) {
    if (messages.edges[constraint].empty()) return;
    const EdgeMessages& edge = messages.edges[constraint][k];
    const std::uint32_t of_class = layout_.factor_classes()[c].variables[k];
    const std::size_t belief = std::size_t(row) * layout_.variable_classes()[of_class].stride;
    for (std::size_t v = 0; v < edge.from_factor.size(); ++v) {
      const double cost = edge.from_factor[v] * costs_.scale;
      add(said_[c].factors.data(), bytes, first + v * step, cost);
      add(beliefs_[of_class].now.data(), bytes, belief + v, cost);
    }
    if (said_[c].variables.empty()) return;
    for (std::size_t v = 0; v < edge.from_variable.size(); ++v)
      add(said_[c].variables.data(), bytes, first + v * step, edge.from_variable[v] * costs_.scale);
  });
  choose_first_values();
}

void FactorRun::save(FactorMessages& messages) const {
  messages.edges.assign(problem_.constraint_count(), {});
  const std::uint32_t bytes = kernels_.number_bytes;
  each_message(
      [&](ConstraintId constraint, std::uint32_t k, std::size_t c, std::size_t first, std::size_t step, std::uint32_t) {
        const FactorClass& factors = layout_.factor_classes()[c];
        auto& edges = messages.edges[constraint];
        edges.resize(factors.arity());
        for (std::size_t v = 0; v < factors.sizes[k]; ++v) {
          edges[k].from_factor.push_back(number(said_[c].factors.data(), bytes, first + v * step) / costs_.scale);
          if (!said_[c].variables.empty())
            edges[k].from_variable.push_back(number(said_[c].variables.data(), bytes, first + v * step) / costs_.scale);
        }
      });
}

}  // namespace entente::runtime
