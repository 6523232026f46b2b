// SPDX-License-Identifier: MIT
// algorithm_of: checks the shape of an algorithm and erases its type, once per algorithm.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>

#include "entente/algorithm/cycle_population.hpp"

namespace entente {

template <class A>
concept Synchronous = requires { typename A::Cycle; };

template <class A>
concept Declared = requires {
  { A::info } -> std::convertible_to<Info>;
  typename A::Params;
  A::parameters;
};

namespace detail {

template <class A>
double memory_of(const Node& node) {
  if constexpr (requires { A::memory(node); })
    return A::memory(node);
  else
    return sizeof(A);
}

template <class Protocol>
struct BytesPerCycle;
template <class... M>
struct BytesPerCycle<Phases<M...>> {
  static constexpr double value = (0.0 + ... + double(sizeof(typename Unwrap<M>::Message)));
};

}  // namespace detail

/// Returns the erased form of a synchronous algorithm.
template <class A>
  requires Synchronous<A>
Algorithm algorithm_of() {
  static_assert(Declared<A>, "an algorithm declares info, Params and parameters");
  static_assert(std::regular<A> && std::is_trivially_copyable_v<A>,
                "the state of a synchronous algorithm is plain data with operator==");
  static_assert(HasEveryStep<A, typename A::Cycle>::value, "an algorithm needs one step for every phase of its cycle");
  Algorithm a;
  a.info = A::info;
  a.phases = A::Cycle::count;
  a.parameters = [] { return parameters_of<A>(); };
  a.memory = [](const Node& node) { return detail::memory_of<A>(node); };
  a.load = [](const Link& link) -> double {
    if constexpr (requires { A::load(link); })
      return A::load(link);
    else
      return detail::BytesPerCycle<typename A::Cycle>::value;
  };
  a.populate = [](std::uint32_t count, std::span<const Setting> settings) -> std::unique_ptr<Population> {
    return std::make_unique<CyclePopulation<A>>(count, settings);
  };
  return a;
}

}  // namespace entente
