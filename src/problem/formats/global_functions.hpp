// SPDX-License-Identifier: MIT
// Cost functions that WCSP and CFN files give as a keyword and parameters instead of a table.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "problem/builder_state.hpp"

namespace entente {

/// The parameters of one function in the order of the WCSP format, read word by word.
///
/// A word is what `next` returns, empty where there is no more; the reader behind it owns it until the next call.
class GlobalParameters {
 public:
  std::function<std::string_view()> next;
  /// The position in the scope of a variable that is named by `word`, if it is one.
  std::function<std::optional<std::size_t>(std::string_view word)> position;
  std::function<Place()> place;
  std::string keyword;
  std::vector<ValueIndex> sizes;  ///< Of the domains of the scope.
  /// Costs of at least that are hard: the top of a WCSP file.
  double top = std::numeric_limits<double>::infinity();
  bool maximise = false;

  std::size_t arity() const { return sizes.size(); }
  std::string word(const char* what) const;
  /// A whole number within [least, most].
  std::int64_t integer(const char* what, std::int64_t least, std::int64_t most) const;
  std::int64_t count(const char* what) const { return integer(what, 0, std::int64_t(1) << 32); }
  /// A cost of at least 0; +infinity where it is hard.
  double cost(const char* what) const;
  std::size_t scope_position(const char* what) const;
  [[noreturn]] void fail(const std::string& message, ErrorCode code = ErrorCode::bad_input) const;
};

/// What a tuple costs, at least 0; +infinity forbids it.
using TupleCost = std::function<double(std::span<const ValueIndex> tuple)>;

/// A function with its parameters.
struct GlobalFunction {
  TupleCost cost;
  /// Set if the cost is the sum over all pairs of variables of this, where their values are equal.
  std::optional<double> pair_cost = {};
  std::size_t steps = 0;  ///< What computing one cost takes, where that is more than the arity; below 2^40.
};

/// Reads the parameters of `parameters.keyword`. Throws Error{unsupported} for a keyword that is not known or a variant
/// that is not read, each by its name.
GlobalFunction read_global_function(const GlobalParameters& parameters);

/// Adds such functions to a problem: as a table where that is small, as one function for each pair of variables where
/// the cost is a sum over these, and else as a function that is computed when asked.
class GlobalFunctions {
 public:
  explicit GlobalFunctions(ProblemBuilder& builder) : state_(builder.state()) {}

  /// Reads the parameters and adds the function as constraint `name`; its pairs, where it becomes these, have no names.
  /// `parameters.sizes` is set here.
  void add(std::string_view name, std::span<const VariableId> scope, GlobalParameters& parameters, const Place& place);

 private:
  void add_pairs(std::span<const VariableId> scope, double cost, const Place& place);

  ProblemBuilder::State& state_;
  std::size_t budget_ = std::size_t(1) << 30;  // steps spent on tables in all
};

}  // namespace entente
