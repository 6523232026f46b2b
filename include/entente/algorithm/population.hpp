// SPDX-License-Identifier: MIT
// Population: all computations of one algorithm in one process, behind one indirect call per phase and block.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entente/algorithm/frame.hpp"
#include "entente/algorithm/info.hpp"

namespace entente {

/// The size of messages of which each has its own. Only event-driven algorithms have such.
inline constexpr std::uint32_t varying = ~std::uint32_t(0);

/// What an engine needs to know of a message type.
struct MessageInfo {
  std::uint32_t size;  ///< Bytes; for messages of varying size, of the fixed part.
  bool value;          ///< A PureValue.
  bool sparse;
  std::string_view name = {};  ///< The message struct's own.
  std::uint32_t tail = 0;      ///< Bytes per value of the sender that follow the message.
  std::uint32_t wire = 0;      ///< Bytes of the message on a wire, without its tail, or `varying`.
};

/// Raised whenever Population's functions change; new ones are only ever appended.
inline constexpr std::uint32_t population_version = 3;

/// The computations of one algorithm. Engines call; algorithms never see this.
class Population {
 public:
  virtual ~Population() = default;
  virtual std::span<const MessageInfo> messages() const = 0;
  /// Local costs are read after the phase that received the values, so rows must outlive it.
  virtual bool keeps_view() const { return false; }
  /// Computations change what they believe constraints to cost (`self.each_constraint`).
  virtual bool owns_costs() const { return false; }
  /// Before the local costs of [low, high) are reckoned from this cycle's values: where computations learn what they
  /// believe constraints to cost (`learn(self)`). Called for those that own costs.
  virtual void learn(const Frame&, ComputationId /*low*/, ComputationId /*high*/) {}
  virtual void start(const Frame& frame, ComputationId low, ComputationId high) = 0;
  /// Synchronous: runs phase `phase` of computations [low, high).
  virtual void step(const Frame&, std::uint32_t /*phase*/, ComputationId /*low*/, ComputationId /*high*/) {}
  /// Event driven: delivers a whole log; returns the number of messages.
  virtual std::uint64_t receive(const Frame&, const std::byte* /*begin*/, const std::byte* /*end*/) { return 0; }
  /// Event driven: frees what undelivered messages own.
  virtual void discard(const std::byte* /*begin*/, const std::byte* /*end*/) {}
  /// Event driven: `record` is a copy, byte by byte, of another; gives it a message of its own. False where
  /// duplicates are not tolerated, as messages need not be copyable then: the two still share one.
  virtual bool copy(std::byte* /*record*/) const { return false; }
  /// Writes what computations [low, high) decided to out[low] .. out[high - 1].
  virtual void decisions(ComputationId low, ComputationId high, ValueIndex* out) const = 0;
  /// Event driven: appends the bytes of a record's message, which stays as it is. Reminders and turns have none.
  virtual void write_message(const std::byte* /*record*/, std::vector<std::byte>& /*bytes*/) const {}
  /// Event driven: makes a record of `head`, whose size is left open, and such bytes, and appends it to the frame's
  /// log. False if these are not the bytes of a message of that kind.
  virtual bool read_message(const Frame&, const Record& /*head*/, std::span<const std::byte> /*bytes*/) const {
    return false;
  }
  /// Synchronous: whether the message of a phase that came from elsewhere is one that its sender may send to its
  /// receiver. `bytes` begins with the message; its size and, of a PureValue, its value have been looked at.
  virtual bool fits(const Frame&, std::uint32_t /*phase*/, ComputationId /*from*/, ComputationId /*to*/,
                    std::span<const std::byte> /*bytes*/) const {
    return true;
  }
};

/// What `memory` and `load` of an algorithm are asked about.
struct Node {
  std::uint32_t neighbours = 0, domain = 0;
  std::uint32_t degree() const { return neighbours; }
};
struct Link {
  std::uint32_t domain = 0;  ///< Of the variable the messages are about.
};

/// Computation i as its builder sees it.
inline Node node_of(const Frame& frame, ComputationId i) {
  return {frame.first[i + 1] - frame.first[i], frame.domain ? frame.domain : frame.domains[i]};
}
/// An algorithm that builds its computations with `static A make(const Node&, const Params&)`, before each one's
/// `start`. The others have the state that their members' initialisers give.
template <class A>
concept MakesItself = requires(const Node& node, const typename A::Params& params) {
  { A::make(node, params) } -> std::same_as<A>;
};

class FactorPopulation;
class Problem;
struct Pseudotree;

/// An algorithm with its type erased.
struct Algorithm {
  Info info;
  std::uint32_t phases = 0;  ///< Of a cycle; 0 for event-driven algorithms.
  std::vector<ParameterInfo> (*parameters)() = nullptr;
  double (*memory)(const Node&) = nullptr;  ///< Bytes a computation holds.
  double (*load)(const Link&) = nullptr;    ///< Bytes a cycle (or a run, if event driven) sends over a link.
  /// Makes `count` computations. Throws Error{wrong_use} for bad settings.
  std::unique_ptr<Population> (*populate)(std::uint32_t count, std::span<const Setting> settings) = nullptr;
  /// Algorithms on factor graphs make their computations here instead.
  std::unique_ptr<FactorPopulation> (*populate_factors)(std::span<const Setting> settings) = nullptr;
  /// Says why a problem is outside what the algorithm is made for; empty if it is not. Null: takes every problem.
  std::string (*refuses)(const Problem&, std::span<const Setting>) = nullptr;
  /// On a pseudo-tree: keeps a table over each whole separator, so its memory is known and checked beforehand.
  bool whole_tables = false;
  /// Event driven with periodic actions: their turns are its cycles, and `stop_cycle` limits them.
  bool periodic = false;
  /// Algorithms on a pseudo-tree build theirs here; the best of several where they do not.
  std::shared_ptr<const Pseudotree> (*make_tree)(const Problem& problem, std::span<const Setting> settings) = nullptr;
};

}  // namespace entente
