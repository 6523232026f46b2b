// SPDX-License-Identifier: MIT
// FunctionListing: the cost functions of a problem in the forms that file formats have for them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// One cost function: a constraint, or what a variable costs by itself.
struct ListedFunction {
  std::vector<VariableId> scope;
  std::vector<ValueIndex> sizes;  ///< Of the domains of the scope.
  std::optional<ConstraintId> constraint;
  std::span<const double> cells;  ///< A table, row-major; empty if `sparse`.
  const SparseTable* sparse = nullptr;
  std::size_t cell_count = 0;  ///< Counted up to the largest std::size_t.

  /// Calls `each(cost)` for every cost that a tuple may have, often repeatedly.
  template <class Each>
  void costs(Each each) const {
    for (const double cost : sparse ? std::span<const double>(sparse->costs) : cells) each(cost);
    if (sparse && sparse->costs.size() < cell_count) each(sparse->default_cost);
  }
  /// The cost most tuples have.
  double usual_cost() const;
  /// Number of tuples that cost something else.
  std::size_t unusual(double usual) const;
  /// Calls `each(tuple, cost)` for every tuple that does not cost `usual`, in lexicographic order. `usual` is the
  /// default of a sparse table.
  void unusual_tuples(double usual,
                      const std::function<void(std::span<const ValueIndex> tuple, double cost)>& each) const;
};

/// The functions of a problem: constraints by their ids, then own costs by variable. Computed functions are tabulated.
class FunctionListing {
 public:
  /// `format` is called in messages. Throws Error{unsupported} for a computed function of more than 2^20 tuples.
  FunctionListing(const Problem& problem, std::string format);

  std::size_t size() const { return constraints_ + own_costs_.size(); }
  /// Valid until the next call.
  const ListedFunction& at(std::size_t function);

  /// How function `function` has the same cells as others of the same shape: it is the first of them, a later one, or
  /// has its own.
  enum class Sharing { none, first, later, last };
  struct Shared {
    Sharing sharing = Sharing::none;
    std::uint32_t group = 0;  ///< Groups are counted from 0, in order of their first function.
  };
  Shared shared(std::size_t function) const;
  /// The last function of the group that `function` belongs to.
  ConstraintId last_of(std::size_t function) const { return last_[shared(function).group]; }

 private:
  void find_shared();

  const Problem& problem_;
  std::string format_;
  std::size_t constraints_;
  std::vector<VariableId> own_costs_;
  std::unordered_map<ConstraintId, Shared> shared_;
  std::vector<ConstraintId> last_;  // by group
  ListedFunction current_;
  std::vector<double> computed_;
};

/// Text on its way to a stream, in blocks.
class TextOutput {
 public:
  explicit TextOutput(std::ostream& out) : out_(out) {}
  ~TextOutput() { flush(); }
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;

  void text(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() > (std::size_t(1) << 16)) flush();
  }
  void integer(std::int64_t number);

 private:
  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }
  std::ostream& out_;
  std::string buffer_;
};

/// `cost` rounded to `precision` decimal places, if that is set. Throws Error{wrong_use} unless that is 0 to 15.
double rounded(double cost, std::optional<int> precision);

/// Whether all variables have automatic names and values 0, 1, …, which need not be written.
bool has_plain_names(const Problem& problem);

}  // namespace entente
