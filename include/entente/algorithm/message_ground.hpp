// SPDX-License-Identifier: MIT
// MessageGround: what a message from another process is held against before anybody acts on it.
//
// A message type may have `bool fits(const MessageGround& at) const`: whether an honest sender could say that to this
// receiver, as far as the problem and the graph tell. It is asked of messages that come from elsewhere, never in
// process. What only the receiver's state can tell is for the handler: `self.demand(...)`.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "entente/algorithm/frame.hpp"
#include "entente/base/error.hpp"
#include "entente/base/ids.hpp"
#include "entente/base/members.hpp"

namespace entente {

/// One message on its way. Checkers are as tolerant of what they are given as of what it says: ids may be anything.
class MessageGround {
 public:
  MessageGround(const Frame& frame, ComputationId from, ComputationId to) : frame_(frame), from_(from), to_(to) {}

  ComputationId from() const { return from_; }
  ComputationId to() const { return to_; }
  const Problem& problem() const { return *frame_.problem; }
  const Pseudotree& tree() const { return *frame_.tree; }
  template <class T>
  const T& workspace() const {
    return *static_cast<const T*>(frame_.workspace);
  }

  // Who speaks to whom. The tree's need one.

  bool linked() const;          ///< They are neighbours in the algorithm's graph.
  bool from_parent() const;     ///< Down the tree.
  bool from_child() const;      ///< Up the tree.
  bool from_root() const;       ///< The sender has no parent.
  bool from_separator() const;  ///< The sender is in the receiver's separator.
  bool from_above() const;      ///< The sender is a neighbour, and nearer the root,
  bool from_below() const;      ///< or farther away from it.

  // What is said.

  bool is_variable(std::uint32_t id) const;
  bool in_domain(VariableId variable, ValueIndex value) const;
  bool own(ValueIndex value) const { return in_domain(to_, value); }
  bool told(ValueIndex value) const { return in_domain(from_, value); }  ///< The sender's.
  /// One value for each of `variables`, as `value_of` finds it in an entry.
  template <class T, class Project = std::identity>
  bool values(std::span<const VariableId> variables, const std::vector<T>& list, Project value_of = {}) const {
    if (list.size() != variables.size()) return false;
    for (std::size_t i = 0; i < list.size(); ++i)
      if (!in_domain(variables[i], std::invoke(value_of, list[i]))) return false;
    return true;
  }
  /// A value for each variable of the receiver's (sender's) separator, in its order.
  template <class T, class Project = std::identity>
  bool own_context(const std::vector<T>& list, Project value_of = {}) const {
    return values(separator(to_), list, value_of);
  }
  template <class T, class Project = std::identity>
  bool told_context(const std::vector<T>& list, Project value_of = {}) const {
    return values(separator(from_), list, value_of);
  }
  std::span<const VariableId> separator(VariableId variable) const;
  /// A value for each variable of a subtree, depth first. O(subtree).
  bool subtree(VariableId root, std::span<const ValueIndex> list) const;
  std::size_t subtree_size(VariableId root) const;
  /// Variables, each of which is there, in ascending order.
  bool ascending(std::span<const VariableId> variables) const;
  /// Some of the sender's separator, in its order.
  bool part_of_separator(std::span<const VariableId> variables) const;
  /// A table over some of the sender's separator, in any order, of costs.
  bool table(std::span<const VariableId> scope, std::span<const ValueIndex> sizes, std::span<const double> cells) const;
  bool sizes(std::span<const VariableId> scope, std::span<const ValueIndex> sizes) const;

  /// A number that sums of costs and comparisons can bear: not NaN, and not minus infinity, which hard constraints of
  /// other signs would make NaN of.
  static bool cost(double number) { return number > -std::numeric_limits<double>::infinity(); }
  static bool costs(std::span<const double> numbers) { return std::all_of(numbers.begin(), numbers.end(), cost); }

 private:
  const Frame& frame_;
  ComputationId from_, to_;
};

/// What `self.demand` throws; the engine says which message it was.
class UnfitMessage : public Error {
 public:
  UnfitMessage() : Error(ErrorCode::bad_input, "a message does not fit what its receiver knows") {}
};

namespace detail {

template <class M>
concept SaysWhatFits = requires(const M& message, const MessageGround& at) {
  { message.fits(at) } -> std::same_as<bool>;
};
template <class M>
bool message_fits(const M& message, const MessageGround& at) {
  if constexpr (SaysWhatFits<M>)
    return message.fits(at);
  else
    return true;
}

/// Whether the bytes of a plain struct are ones that its type can have: a bool is 0 or 1.
template <class M>
bool has_valid_bools(const M& message);
template <class T, std::size_t n>
bool has_valid_bools(const std::array<T, n>& list) {
  return std::all_of(list.begin(), list.end(), [](const T& one) { return has_valid_bools(one); });
}
template <class M>
bool has_valid_bools(const M& message) {
  if constexpr (std::same_as<M, bool>) {
    unsigned char byte;
    std::memcpy(&byte, &message, 1);
    return byte <= 1;
  } else if constexpr (Aggregate<M>) {
    return with_members(message, [](const auto&... member) { return (has_valid_bools(member) && ...); });
  } else {
    return true;
  }
}

/// Throws the Error{bad_input} that says which message of which algorithm does not fit, and whose it is.
[[noreturn]] void refuse_message(std::string_view algorithm, std::string_view message, const Frame& frame,
                                 ComputationId from, ComputationId to);

}  // namespace detail
}  // namespace entente
