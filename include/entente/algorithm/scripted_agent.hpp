// SPDX-License-Identifier: MIT
// ScriptedAgent: runs one handler of an algorithm without a runtime. A test writes what the handler will see, calls it,
// and looks at what it did.
//
//   ScriptedAgent<MyDsa> self({.neighbours = {1, 2}, .costs = {2, 0}, .draws = {0.69}});
//   MyDsa computation{.value = 0};
//   computation.step(self, self.inbox<MyDsa::Value>({{0}, {0}}));
//   EXPECT_EQ(computation.value, 1);
//   EXPECT_EQ(self.last<MyDsa::Value>().value, 1);
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "entente/algorithm/algorithm_of.hpp"

namespace entente {

/// The receiver of what a synchronous algorithm broadcasts.
inline constexpr ComputationId everybody = no_id;

/// A message as a handler sent it.
template <class M>
struct Sent {
  ComputationId to;
  M message;
  std::vector<double> tail = {};  ///< The numbers after a message that has a tail.
};

/// What a test says of the computation whose handlers it calls, whatever their timing.
template <class A>
struct CommonScript {
  ComputationId id = 0;
  std::vector<ComputationId> neighbours = {};  ///< Ascending.
  ValueIndex initial = no_value;               ///< The problem's initial value.
  double lowest_cost = 0;
  std::uint32_t reach = 0;
  std::vector<double> draws = {};  ///< What `uniform` gives, in order; asking for more fails the test.
  typename A::Params params = {};
};

namespace detail {

[[noreturn]] inline void outside_script(const std::string& what) { throw std::logic_error("ScriptedAgent: " + what); }

/// What scripted agents of both timings have.
template <class A, class... M>
class ScriptedBase {
 public:
  /// What was sent of one message type, in order.
  template <class X>
  const std::vector<Sent<X>>& sent() const {
    constexpr std::size_t at = position_of<X, M...>;
    static_assert(at < sizeof...(M), "this is not one of the algorithm's messages");
    return std::get<at>(sent_);
  }
  /// The last of them; fails if there is none.
  template <class X>
  const X& last() const {
    if (sent<X>().empty()) outside_script("no such message was sent");
    return sent<X>().back().message;
  }
  /// Messages of all types.
  std::size_t sent_count() const {
    return std::apply([](const auto&... list) { return (std::size_t(0) + ... + list.size()); }, sent_);
  }
  /// Whether the handler called `finish`.
  bool finished() const { return finished_; }
  /// How many numbers it drew.
  std::size_t drawn() const { return drawn_; }

  // What handlers ask.
  ComputationId id() const { return common_.id; }
  ComputationId id(Neighbour k) const {
    if (k >= degree()) outside_script("the handler names neighbour " + std::to_string(k) + ", beyond the script's");
    return common_.neighbours[k];
  }
  std::uint32_t degree() const { return std::uint32_t(common_.neighbours.size()); }
  Neighbour position(ComputationId neighbour) const {
    const auto& all = common_.neighbours;
    const auto at = std::lower_bound(all.begin(), all.end(), neighbour);
    return at != all.end() && *at == neighbour ? Neighbour(at - all.begin()) : degree();
  }
  const auto& params() const { return common_.params; }
  std::uint32_t reach() const { return common_.reach; }
  double lowest_cost() const { return common_.lowest_cost; }
  double uniform() {
    if (drawn_ == common_.draws.size()) outside_script("the handler draws more numbers than the script has");
    return common_.draws[drawn_++];
  }
  void finish() { finished_ = true; }

 protected:
  explicit ScriptedBase(CommonScript<A> script) : common_(std::move(script)) {
    if (!std::is_sorted(common_.neighbours.begin(), common_.neighbours.end()))
      outside_script("neighbours are not in ascending order");
    for (const double draw : common_.draws)
      if (!(draw >= 0 && draw < 1)) outside_script("a draw lies outside [0, 1)");
  }
  template <class X>
  void record(ComputationId to, X&& message, std::vector<double> tail = {}) {
    using Message = std::remove_cvref_t<X>;
    constexpr std::size_t at = position_of<Message, M...>;
    static_assert(at < sizeof...(M), "this is not one of the algorithm's messages");
    std::get<at>(sent_).push_back({to, std::forward<X>(message), std::move(tail)});
  }

  CommonScript<A> common_;

 private:
  std::tuple<std::vector<Sent<typename Unwrap<M>::Message>>...> sent_;
  std::size_t drawn_ = 0;
  bool finished_ = false;
};

}  // namespace detail

/// See the two forms, for synchronous and for event-driven algorithms.
template <class A>
class ScriptedAgent;

}  // namespace entente

#include "entente/algorithm/scripted_cycle_agent.hpp"
#include "entente/algorithm/scripted_event_agent.hpp"
