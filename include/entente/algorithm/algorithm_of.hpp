// SPDX-License-Identifier: MIT
// algorithm_of: checks the shape of an algorithm and erases its type, once per algorithm.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>

#include "entente/algorithm/cycle_population.hpp"
#include "entente/algorithm/event_population.hpp"

namespace entente {

template <class A>
concept Synchronous = requires {
  typename A::Cycle;
};
template <class A>
concept EventDriven = requires {
  typename A::Messages;
};

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

/// What an algorithm may declare besides: `static std::string refuses(const Problem&)` (or with
/// its Params as well), `whole_tables`.
template <class A>
void add_options(Algorithm& a) {
  if constexpr (requires(const Problem& problem, const typename A::Params& params) { A::refuses(problem, params); })
    a.refuses = [](const Problem& problem, std::span<const Setting> settings) -> std::string {
      return A::refuses(problem, read_params<A>(settings));
    };
  else if constexpr (requires(const Problem& problem) { A::refuses(problem); })
    a.refuses = [](const Problem& problem, std::span<const Setting>) -> std::string { return A::refuses(problem); };
  if constexpr (requires { A::whole_tables; }) a.whole_tables = A::whole_tables;
}

/// There is no builder, or it has the right shape: another would silently not be called.
template <class A>
inline constexpr bool builder_fits = MakesItself<A> || !requires {
  &A::make;
};

template <class Protocol>
struct BytesPerCycle;
template <class... M>
struct BytesPerCycle<Phases<M...>> {
  static constexpr double value = (0.0 + ... + double(sizeof(typename Unwrap<M>::Message)));
};

/// One message of an event-driven algorithm: what is asked of it, and of the algorithm.
template <class A, class X>
struct CheckMessage {
  static_assert(std::is_object_v<X> && !std::is_const_v<X> && std::is_move_constructible_v<X>,
                "a message is a struct that can be moved");
  static_assert(Encodable<X>,
                "a message has a codec: it is a struct of numbers, enumerations, strings, vectors, optionals and such "
                "structs, without constructors, or it has encode and decode of its own (entente/base/codec.hpp)");
  static_assert(ReceivesMessage<A, X>,
                "an algorithm needs receive(Agent auto& self, ComputationId from, message) for each of its Messages; "
                "it may take the message by value, as const& or as &&");
  static constexpr bool value = true;
};

template <class A, class Protocol>
struct CheckMessages : std::false_type {};
template <class A, class... M>
struct CheckMessages<A, Kinds<M...>> {
  static constexpr bool value = (CheckMessage<A, M>::value && ...);
  static constexpr double bytes = (0.0 + ... + double(sizeof(M)));
};

}  // namespace detail

/// Returns the erased form of an event-driven algorithm.
template <class A>
requires EventDriven<A> Algorithm algorithm_of() {
  static_assert(!Synchronous<A>, "an algorithm declares either a Cycle or its Messages");
  static_assert(Declared<A>, "an algorithm declares info, Params and parameters");
  static_assert(A::info.timing == Timing::events, "an algorithm with Messages declares .timing = Timing::events");
  static_assert(std::default_initializable<A>, "the state of an algorithm has a default constructor");
  static_assert(detail::builder_fits<A>, "a builder is static A make(const Node&, const Params&)");
  static_assert(StartsAlone<A>, "an algorithm needs start(Agent auto& self)");
  using Check = detail::CheckMessages<A, typename A::Messages>;
  static_assert(Check::value, "Messages is Kinds<...>");
  Algorithm a;
  a.info = A::info;
  a.parameters = [] { return parameters_of<A>(); };
  a.memory = [](const Node& node) { return detail::memory_of<A>(node); };
  a.load = [](const Link& link) -> double {
    if constexpr (requires { A::load(link); })
      return A::load(link);
    else
      return Check::bytes;
  };
  a.populate = [](std::uint32_t count, std::span<const Setting> settings) -> std::unique_ptr<Population> {
    return std::make_unique<EventPopulation<A>>(count, settings);
  };
  detail::add_options<A>(a);
  a.periodic = Ticks<A>;
  static_assert(!Ticks<A> || !A::info.confluent, "an algorithm with periodic actions is not confluent");
  if constexpr (requires { &A::make_tree; })
    a.make_tree = [](const Problem& problem, std::span<const Setting> settings) -> std::shared_ptr<const Pseudotree> {
      return std::make_shared<const Pseudotree>(A::make_tree(problem, read_params<A>(settings)));
    };
  return a;
}

/// Returns the erased form of a synchronous algorithm.
template <class A>
requires(Synchronous<A> && !EventDriven<A>) Algorithm algorithm_of() {
  static_assert(Declared<A>, "an algorithm declares info, Params and parameters");
  static_assert(std::regular<A> && std::is_trivially_copyable_v<A>,
                "the state of a synchronous algorithm is plain data with operator==");
  static_assert(detail::builder_fits<A>, "a builder is static A make(const Node&, const Params&)");
  static_assert(StartsCycles<A>, "an algorithm needs start(Agent auto& self)");
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
  detail::add_options<A>(a);
  return a;
}

}  // namespace entente
