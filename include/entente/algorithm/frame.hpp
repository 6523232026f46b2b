// SPDX-License-Identifier: MIT
// Frame: the plain data between an engine and the steps of an algorithm. No engine is a template, and no step knows its
// engine; this is also what a plug-in is compiled against.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "entente/base/ids.hpp"

namespace entente {

class Problem;
namespace kernel {
struct LocalTables;
}
struct OrderedGraph;
struct Pseudotree;

/// Raised whenever the meaning of a field changes; fields are only ever appended.
inline constexpr std::uint32_t frame_version = 2;
inline constexpr std::size_t max_phases = 8;

/// Lowest local cost of a variable and the set of values that reach it; `ties` is 0 for domains beyond 64 values,
/// where the row is searched instead.
struct Best {
  double cost;
  std::uint64_t ties;
};

/// The senders whose broadcast differed from their last one; capacity: every computation of the thread.
struct Changed {
  ComputationId* list;
  std::uint32_t count;
};

/// What a thread noticed during a phase.
struct Activity {
  std::uint64_t active;  ///< Steps that changed their state, drew a number or said something new.
  std::uint64_t sent;    ///< Messages of sparse phases.
};

/// One message in an event log; `size` bytes follow, padded to a multiple of 8.
struct Record {
  ComputationId to;
  ComputationId from;
  std::uint32_t kind;
  std::uint32_t size;
  std::uint64_t checks;  ///< The sender's count of non-concurrent constraint checks when it sent this.
};
/// Where event-driven computations append what they send.
struct Log {
  std::byte *begin, *at, *end;
};

/// What a computation sent.
struct Traffic {
  std::uint64_t messages, bytes;
};
/// What was sent of one message type, to computations on other agents. Where all messages of the type are as long as
/// MessageInfo::wire says, only `messages` counts.
struct KindTraffic {
  std::uint64_t messages, bytes, largest;
};

/// What an engine does for event-driven computations when they ask. Called on the thread that runs the computation.
struct EventServices {
  void* engine = nullptr;
  double now = 0;  ///< Seconds in the engine's clock.
  /// A computation decided on another value.
  void (*moved)(void* engine, ComputationId, ValueIndex) = nullptr;
  /// A computation knows a complete assignment (one value per variable).
  void (*proposed)(void* engine, const ValueIndex* assignment) = nullptr;
  /// A computation has proven that no assignment costs less (to be minimised whatever the objective).
  void (*bounded)(void* engine, double bound) = nullptr;
  /// Starts or, with a period of 0, ends a computation's periodic action.
  void (*every)(void* engine, ComputationId, double period, double first) = nullptr;
  /// A computation has nothing more to do; the run ends when all have.
  void (*finished)(void* engine, ComputationId) = nullptr;
  /// A computation has proven that the costs inside a group of variables exceed the sum of their minima by at least
  /// `excess`; in place of what it certified before. An empty group certifies nothing.
  void (*certified)(void* engine, ComputationId, const VariableId* group, std::uint32_t count, double excess) = nullptr;
  /// A computation knows all costs inside a group of so many variables.
  void (*centralised)(void* engine, ComputationId, std::uint32_t variables) = nullptr;
};

struct Frame {
  std::uint32_t version = frame_version;
  std::uint32_t bytes = sizeof(Frame);

  // Topology: neighbours of computation i are neighbours[first[i] .. first[i+1]), ascending; back[e] is the same edge
  // seen from the other end.
  const std::uint32_t* first = nullptr;
  const std::uint32_t* neighbours = nullptr;
  const std::uint32_t* back = nullptr;

  // Variables.
  std::uint32_t domain = 0;                ///< Size of every domain, or 0 if they differ.
  const std::uint32_t* domains = nullptr;  ///< Size of each domain; null if they are all alike.
  const ValueIndex* initial = nullptr;     ///< Initial values of the problem, or null if it gives none.
  const double* lowest = nullptr;          ///< A lower bound of each variable's local cost.
  const std::uint32_t* reach = nullptr;    ///< Sum of (arity - 1) over each variable's constraints.

  // The view: local costs of computation i start at rows + offset(i), in float or double.
  const void* rows = nullptr;
  bool single = false;                       ///< Rows hold float.
  std::uint32_t stride = 0;                  ///< offset(i) = (i - base) * stride, or
  const std::uint64_t* row_first = nullptr;  ///< row_first[i] - row_first[base], if not null.
  std::uint32_t base = 0;
  const Best* best = nullptr;  ///< Of computation i: best[i - base].

  // Randomness and time.
  std::uint64_t salt = 0;  ///< Mixes seed, cycle and phase.
  std::uint32_t cycle = 0;
  std::uint32_t tick = 0;  ///< cycle * phases + phase + 1.

  // Message planes: one slot per sender, or per directed edge in sparse phases.
  std::uint32_t value_bytes = 0;  ///< Width of a PureValue's slot: 1 or 4.
  const std::byte* in[max_phases] = {};
  std::byte* out[max_phases] = {};
  std::uint32_t* stamp[max_phases] = {};   ///< Sparse: the tick for which an edge's slot was filled,
  std::uint32_t* mailed[max_phases] = {};  ///< and the tick for which a computation last got mail.

  // Change-driven execution; null when every step runs and nobody asks what changed.
  std::uint8_t* awake[max_phases] = {};
  Changed* changed = nullptr;
  Activity* activity = nullptr;  ///< Null when nobody asks.

  // Event-driven execution.
  Log* logs = nullptr;                   ///< One per shard.
  const std::uint32_t* shard = nullptr;  ///< Shard of each computation; null: all in shard 0.
  void (*grow)(Log&, std::size_t need) = nullptr;
  std::uint32_t* draws = nullptr;       ///< Numbers each computation has drawn, which address its next.
  Traffic* sent = nullptr;              ///< Per sender: what went to computations on other agents, one by one (cycles:
                                        ///< in sparse phases only); null: nobody counts.
  const std::uint32_t* host = nullptr;  ///< Agent of each computation.

  // What algorithms on trees look at; a computation touches only its own part.
  const Problem* problem = nullptr;
  const Pseudotree* tree = nullptr;
  void* workspace = nullptr;  ///< Shared budget of a complete algorithm (kernel/memory_budget.hpp).

  // Event-driven execution, continued.
  const std::atomic<bool>* stop = nullptr;  ///< Raised when the run is to end early; null: it never is.
  std::uint8_t* reminding = nullptr;        ///< Which computations have a reminder under way.
  double (*find_lowest)(const Frame&, ComputationId) = nullptr;  ///< Works out `lowest` where that is null.
  EventServices* services = nullptr;
  std::uint64_t* checks = nullptr;    ///< Per computation: non-concurrent constraint checks; null: nobody counts.
  KindTraffic* kinds = nullptr;       ///< Per message type; null: nobody counts.
  ValueIndex* selected = nullptr;     ///< Decisions of computations that have no member `value`.
  const OrderedGraph* row = nullptr;  ///< For algorithms on ordered graphs.

  // Cycles, continued.
  const kernel::LocalTables* truth = nullptr;     ///< The problem's costs around each variable.
  const kernel::LocalTables* believed = nullptr;  ///< The same as changed by each computation; null: nobody may.
  const double* extremes = nullptr;               ///< Lowest and highest of each edge's table, then of each wide place.
  std::uint32_t value_phase = 0;                  ///< Whose plane holds the values of this cycle,
  const std::uint32_t* heard = nullptr;           ///< or those by directed edge, if not null.
  std::uint32_t slot[max_phases] = {};            ///< Bytes of a slot of each plane.
  std::uint8_t* finished = nullptr;               ///< Which computations have nothing more to do.
  std::uint64_t* most_checks = nullptr;           ///< Most constraint checks of one step of this phase, those that fill
                                                  ///< `rows` left out; null: nobody counts.

  // For tests.
  bool through_bytes = false;  ///< Event driven: messages are encoded and decoded again before they are handled.
};

}  // namespace entente
