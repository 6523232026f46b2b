// SPDX-License-Identifier: MIT
#include "runtime/factor_enumeration.hpp"

#include <algorithm>
#include <cstring>

#include "kernel/factor_tables.hpp"

namespace entente::runtime {
namespace {

template <class R>
void enumerate(const Enumeration& factor, std::uint32_t arity, const kernel::MessageShape* shapes,
               const void* const* in_, void* const* out_) {
  const auto in = [&](std::uint32_t k, ValueIndex v) { return static_cast<const R*>(in_[k])[v]; };
  const auto out = [&](std::uint32_t k) { return static_cast<R*>(out_[k]); };
  for (std::uint32_t k = 0; k < arity; ++k) {
    std::memset(out_[k], 0, shapes[k].numbers() * sizeof(R));
    std::fill_n(out(k), shapes[k].size, R(sizeof(R) == sizeof(float) ? 1e30 : 1e300));
  }
  std::uint32_t seen = 0;
  const auto visit = [&](std::span<const ValueIndex> tuple, double cost) {
    R whole = static_cast<R>(factor.costs->working(*factor.problem, cost));
    for (std::uint32_t k = 0; k < arity; ++k) whole += in(k, tuple[k]);
    for (std::uint32_t k = 0; k < arity; ++k) {
      R& least = out(k)[tuple[k]];
      least = std::min(least, whole);
    }
    return (++seen & 0xfff) != 0 || !should_abort(*factor.control);
  };
  if (!kernel::for_each_tuple(*factor.problem, factor.constraint, visit)) *factor.aborted = true;
  for (std::uint32_t k = 0; k < arity; ++k)
    for (std::uint32_t v = 0; v < shapes[k].size; ++v) out(k)[v] -= in(k, static_cast<ValueIndex>(v));
}

}  // namespace

bool should_abort(const RunControl& control) {
  return (control.interrupt && control.interrupt->load(std::memory_order_relaxed)) ||
         (control.deadline != RunControl::Clock::time_point::max() && RunControl::Clock::now() >= control.deadline);
}

void enumerate_min_marginals(const FactorBlock& block, const void* const* in, void* const* out) {
  const auto& factor = *static_cast<const Enumeration*>(block.context);
  if (block.kernels->number_bytes == sizeof(float))
    enumerate<float>(factor, block.arity, block.shapes, in, out);
  else
    enumerate<double>(factor, block.arity, block.shapes, in, out);
}

}  // namespace entente::runtime
