// SPDX-License-Identifier: MIT
// EventSelf: what a handler of an event-driven algorithm may ask of the computation it runs in.
#pragma once

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "entente/algorithm/cycle_self.hpp"
#include "entente/algorithm/frame.hpp"
#include "entente/algorithm/message_ground.hpp"
#include "entente/algorithm/population.hpp"
#include "entente/algorithm/protocol.hpp"
#include "entente/base/codec.hpp"
#include "entente/base/contract.hpp"
#include "entente/base/random.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

/// The kinds of records that a computation gets from itself: a reminder, and the next turn of its periodic action.
inline constexpr std::uint32_t reminder_kind = ~std::uint32_t(0), tick_kind = reminder_kind - 1;

/// A message that says itself how many bytes it would take on a wire.
template <class M>
concept SaysItsSize = requires(const M& m) {
  { m.bytes() } -> std::convertible_to<std::size_t>;
};
/// A message that travels as the bytes it is made of. Others are moved to the heap, and only their address travels.
template <class M>
concept PlainMessage = std::is_trivially_copyable_v<M>;

namespace detail {

/// Bytes that `size` bytes of a message take in a log.
constexpr std::size_t padded(std::size_t size) { return (size + 7) / 8 * 8; }

/// Bytes of a message on a wire.
template <class M>
std::size_t wire_bytes(const M& message) {
  if constexpr (SaysItsSize<M>)
    return message.bytes();
  else if constexpr (Encodable<M>)
    return encoded_size(message);
  else
    return sizeof(M);
}

/// The same where it is the same for all messages of a type, else `varying`.
template <class M>
constexpr std::uint32_t fixed_wire_bytes() {
  if constexpr (Form<M>::fixed && !SaysItsSize<M>)
    return std::uint32_t(Form<M>::least);
  else
    return varying;
}

}  // namespace detail

template <class A, class Protocol>
class EventSelf;

/// A computation as its own handlers see it, for the length of one call.
///
/// Messages of one sender to one receiver arrive in the order they were sent. Nothing is lost or repeated in process.
template <class A, class... M>
class EventSelf<A, Kinds<M...>> {
 public:
  EventSelf(const Frame& frame, const typename A::Params& params, ComputationId id)
      : f_(frame), params_(params), id_(id) {}

  ComputationId id() const { return id_; }
  ComputationId id(Neighbour k) const { return f_.neighbours[f_.first[id_] + k]; }
  const auto& params() const { return params_; }
  std::uint32_t degree() const { return f_.first[id_ + 1] - f_.first[id_]; }
  /// Position of a neighbour, or degree() if `computation` is none. O(log degree).
  Neighbour position(ComputationId computation) const {
    const std::uint32_t *low = f_.neighbours + f_.first[id_], *high = f_.neighbours + f_.first[id_ + 1];
    const std::uint32_t* const at = std::lower_bound(low, high, computation);
    return at != high && *at == computation ? Neighbour(at - low) : degree();
  }

  /// Number of values of this variable.
  ValueIndex domain() const { return ValueIndex(detail::View::domain(f_, id_)); }
  /// Sum of (arity - 1) over this variable's constraints.
  std::uint32_t reach() const { return f_.reach[id_]; }
  /// A lower bound of the local cost: each constraint at its best. Looks at every cell of this variable's constraints:
  /// ask once and keep the answer.
  double lowest_cost() const { return f_.lowest ? f_.lowest[id_] : f_.find_lowest(f_, id_); }
  /// The whole problem. A computation looks only at its own part of it.
  const Problem& problem() const { return *f_.problem; }
  /// The pseudo-tree of the run; algorithms on `Graph::pseudotree` only.
  const Pseudotree& tree() const {
    ENTENTE_EXPECTS(f_.tree != nullptr);
    return *f_.tree;
  }
  /// The variables in a row; algorithms on `Graph::ordered` only.
  const OrderedGraph& row() const {
    ENTENTE_EXPECTS(f_.row != nullptr);
    return *f_.row;
  }
  /// What all computations of the run share (a memory budget, say); `T` is what the algorithm's runner provides, and is
  /// used by several threads at once if the algorithm is confluent.
  template <class T>
  T& workspace() const {
    ENTENTE_EXPECTS(f_.workspace != nullptr);
    return *static_cast<T*>(f_.workspace);
  }

  /// Cost of a tuple (in scope order), to be minimised whatever the problem's objective, infinite where it is hard.
  /// Counts as one constraint check.
  double cost(ConstraintId constraint, std::span<const ValueIndex> tuple) const {
    check(1);
    return working(f_.problem->cost(constraint, tuple));
  }
  /// A cost of the problem as `cost` gives it.
  double working(double cost) const {
    if (f_.problem->is_hard(cost)) return std::numeric_limits<double>::infinity();
    return f_.problem->objective() == Objective::maximise ? -cost : cost;
  }
  /// Adds constraint checks that were made without `cost`.
  void check(std::uint64_t checks) const {
    if (f_.checks) f_.checks[id_] += checks;
  }

  /// Seconds in the engine's clock: virtual time in process, where messages take none.
  double now() const { return f_.services ? f_.services->now : 0; }
  /// When the message that is being handled arrived.
  double received_at() const { return now(); }
  /// Calls `tick` at `first` seconds from now and then every `period` seconds; replaces what was asked before. The
  /// turns that `tick` gets are the cycles of the run.
  void every(double period, double first) {
    ENTENTE_EXPECTS(period > 0 && first >= 0);
    if (f_.services && f_.services->every) f_.services->every(f_.services->engine, id_, period, first);
  }
  /// Ends what `every` began.
  void rest() {
    if (f_.services && f_.services->every) f_.services->every(f_.services->engine, id_, 0, 0);
  }
  /// Decides on a value, for computations without a member `value`. `local_cost` is what the computation believes it
  /// pays; the runtime works out the true cost of all decisions.
  void select(ValueIndex value, [[maybe_unused]] double local_cost = 0) {
    if (f_.selected[id_] == value) return;
    f_.selected[id_] = value;
    if (f_.services && f_.services->moved) f_.services->moved(f_.services->engine, id_, value);
  }
  /// A complete assignment that this computation has pieced together; the runtime keeps the best of all it is told.
  /// Not for confluent algorithms, whose decisions alone count. O(sum of arities).
  void propose(std::span<const ValueIndex> assignment) {
    ENTENTE_EXPECTS(assignment.size() == f_.problem->variable_count() && !(f_.services && !f_.services->proposed));
    if (f_.services && f_.services->proposed) f_.services->proposed(f_.services->engine, assignment.data());
  }
  /// This computation has proven that no assignment costs less than `bound`, in the costs of `cost`, the parts of the
  /// objective without variables included.
  void report_bound(double bound) {
    if (f_.services && f_.services->bounded) f_.services->bounded(f_.services->engine, bound);
  }
  /// This computation has proven that the costs inside `group` (constraints whose variables are all in it, and these
  /// variables' own costs) exceed the sum of their minima by at least `excess`, whatever the assignment; infinite:
  /// every assignment is forbidden. Takes the place of what it certified before; an empty group certifies nothing. From
  /// groups of different computations that share no cost, the runtime makes the bound and the certificate of the run.
  void certify(std::span<const VariableId> group, double excess) {
    if (f_.services && f_.services->certified)
      f_.services->certified(f_.services->engine, id_, group.data(), std::uint32_t(group.size()), excess);
  }
  /// This computation has come to know all costs inside a group of so many variables; for metrics.
  void centralise(std::uint32_t variables) {
    if (f_.services && f_.services->centralised) f_.services->centralised(f_.services->engine, id_, variables);
  }
  /// This computation has nothing more to do. It still gets messages; the run ends at once when all have said so, or
  /// when nothing is in flight. Confluent algorithms always end the second way.
  void finish() {
    if (f_.services && f_.services->finished) f_.services->finished(f_.services->engine, id_);
  }

  /// A number in [0, 1), addressed by seed, computation and how many it drew before.
  double uniform() { return unit(f_.salt, id_, f_.draws[id_]++); }
  ValueIndex random_value() { return ValueIndex(uniform() * double(domain())); }
  /// The problem's initial value if it gives one, else a random value.
  ValueIndex initial_value() {
    if (f_.initial && f_.initial[id_] != no_value) return f_.initial[id_];
    return random_value();
  }

  /// Sends `message` to any computation, neighbour or not, oneself included. Move it in if it owns memory.
  template <class X>
  void send(ComputationId to, X&& message) {
    using Message = std::remove_cvref_t<X>;
    constexpr std::size_t kind = detail::position_of<Message, M...>;
    static_assert(kind < sizeof...(M), "this message is not one of the algorithm's Messages");
    count(to, kind, message);
    if constexpr (PlainMessage<Message>) {
      std::byte* const body = append(record(to, kind, sizeof(Message)), detail::padded(sizeof(Message)));
      std::memcpy(body, std::addressof(message), sizeof(Message));
    } else {
      Log& log = room(to, sizeof(Message*));  // before the box, so that nothing is lost if this throws
      Message* const box = new Message(std::forward<X>(message));
      std::memcpy(write(log, record(to, kind, sizeof box), sizeof box), &box, sizeof box);
    }
  }
  /// Sends a copy of `message` to every neighbour.
  template <class X>
  void broadcast(const X& message) {
    static_assert(std::is_copy_constructible_v<X>,
                  "a message that cannot be copied cannot be broadcast; send one to each neighbour");
    for (Neighbour k = 0; k < degree(); ++k) send(id(k), message);
  }
  /// Says what the message at hand has to fit in the state of this computation, where another would do harm: messages
  /// from elsewhere may be damaged. If it does not hold, the run ends with an Error that names message and sender.
  void demand(bool holds) const {
    if (!holds) [[unlikely]]
      throw UnfitMessage();
  }
  /// Calls `reminded` later, after the messages that are already waiting here. Asking again before that changes
  /// nothing: one call is one call.
  void remind() {
    if (f_.reminding[id_]) return;
    append(record(id_, reminder_kind, 0), 0);
    f_.reminding[id_] = 1;
  }

  /// The run is to end now (time limit, Ctrl-C). Long handlers ask every millisecond or so and return; what they would
  /// have sent no longer matters. Cost: one load.
  bool stop_requested() const { return f_.stop && f_.stop->load(std::memory_order_relaxed); }
  /// The flag behind `stop_requested`, for kernels that poll by themselves; null if this run is never stopped.
  const std::atomic<bool>* stop_flag() const { return f_.stop; }

 private:
  Log& room(ComputationId to, std::size_t body) {
    Log& log = f_.logs[f_.shard ? f_.shard[to] : 0];
    const std::size_t need = sizeof(Record) + body;
    if (static_cast<std::size_t>(log.end - log.at) < need) f_.grow(log, need);
    return log;
  }
  static std::byte* write(Log& log, const Record& record, std::size_t body) {
    std::byte* const at = log.at;
    // Member by member: a copy of the whole would be read from the stack in wider pieces than it was written there.
    ::new (static_cast<void*>(at)) Record{record.to, record.from, record.kind, record.size, record.checks};
    log.at = at + sizeof record + body;
    return at + sizeof record;
  }
  std::byte* append(const Record& record, std::size_t body) { return write(room(record.to, body), record, body); }
  Record record(ComputationId to, std::uint32_t kind, std::uint32_t size) const {
    return {to, id_, kind, size, f_.checks ? f_.checks[id_] : 0};
  }
  template <class X>
  void count(ComputationId to, std::size_t kind, const X& message) {
    if (!f_.sent || (f_.host ? f_.host[to] == f_.host[id_] : to == id_)) return;
    const std::uint64_t bytes = detail::wire_bytes(message);
    Traffic& sent = f_.sent[id_];
    ++sent.messages;
    sent.bytes += bytes;
    if (!f_.kinds) return;
    KindTraffic& all = f_.kinds[kind];
    ++all.messages;
    if constexpr (detail::fixed_wire_bytes<X>() != varying) return;  // the rest follows
    all.bytes += bytes;
    all.largest = std::max(all.largest, bytes);
  }

  const Frame& f_;
  const typename A::Params& params_;
  ComputationId id_;
};

}  // namespace entente
