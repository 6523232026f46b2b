// SPDX-License-Identifier: MIT
// DynamicMaxSum: Max-Sum on a problem that changes while it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entente/algorithm/info.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

/// Runs `maxsum_dynamic` some cycles at a time. In between, factors may be added, removed and changed, and external
/// variables may take other values. What was said on edges that stay is still known: the run goes on, it does not begin
/// again. Variables stay the same.
///
/// \code
///   ReadOptions options;
///   options.externals_as_variables = true;
///   const std::vector<std::string> files = {"lights.yaml"}, externals = {"presence"};
///   DynamicMaxSum run(read_problem(files, options), externals);
///   run.advance(50);
///   run.set_external("presence", false);
///   const auto state = run.advance(50);  // of the problem without anybody there
/// \endcode
///
/// A change costs a new factor graph: O(cells + edges log edges), in the next `advance`.
/// Memory  Every factor's table over its whole scope, external variables included, besides that of the run.
/// Errors  All throw Error{wrong_use} that names what does not fit, and then change nothing.
class DynamicMaxSum {
 public:
  struct Options {
    std::vector<Setting> parameters = {};
    std::uint64_t seed = 0;
    int threads = 1;
  };
  /// Where the run is.
  struct State {
    std::vector<ValueIndex> assignment;  ///< The best one seen since the last change, by VariableId of `problem()`.
    double cost = 0;                     ///< Of it; violated hard constraints left out.
    std::uint64_t violations = 0;
    std::uint64_t cycles = 0;  ///< Since the very beginning.
    bool settled = false;      ///< Nothing will change any more unless the problem does.
  };

  /// `externals`: the variables of `problem` whose values come from outside, at first their initial values.
  ///
  /// Errors  Also Error{too_large} for a cost function of more than 2^22 tuples, and what a computed one throws.
  explicit DynamicMaxSum(const Problem& problem, std::span<const std::string> externals = {});
  DynamicMaxSum(const Problem& problem, std::span<const std::string> externals, Options options);
  ~DynamicMaxSum();
  DynamicMaxSum(DynamicMaxSum&&) noexcept;
  DynamicMaxSum& operator=(DynamicMaxSum&&) noexcept;

  /// From now on an external variable has another value; factors over it are sliced there.
  void set_external(std::string_view name, const Value& value);
  /// A new factor over variables and external variables. `costs`: row-major, the last of them fastest.
  void add_factor(std::string_view name, std::span<const std::string> variables, std::vector<double> costs);
  /// Other costs for a factor, over the same variables.
  void change_factor(std::string_view name, std::vector<double> costs);
  void remove_factor(std::string_view name);

  /// Up to `cycles` (1 or more) further cycles; fewer if nothing changes any more.
  State advance(std::uint64_t cycles);
  /// The problem as it is now, without external variables.
  const Problem& problem();

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace entente
