// SPDX-License-Identifier: MIT
// Certificate: why no assignment of a problem is better than a bound, in parts that can be checked one by one.
#pragma once

#include <vector>

#include "entente/base/ids.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

/// A proof of a bound. Every cost function (constraint, variable's own costs) has a best value; their sum can be
/// reached only if all can be at their best together. Inside each group that is impossible: the functions whose
/// variables are all in the group fall short of it by `excess` at least. No function is inside two groups, so the
/// shortfalls add up.
struct Certificate {
  struct Group {
    std::vector<VariableId> variables;  ///< Ascending.
    double excess = 0;                  ///< At least 0; infinite: no assignment of the group is allowed.
  };

  double best = 0;            ///< Sum of the best value of each function, in the problem's own costs.
  std::vector<Group> groups;  ///< By first variable.

  /// No assignment is better than this: `best` plus the groups' excesses, or minus where the objective is to maximise.
  double bound(const Problem& problem) const;
};

/// Chooses groups that share no function, those with the largest excess first. `claims` are true, and may overlap;
/// `best` is Certificate::best.
/// O(claims log claims + sum of the arities around their variables).
Certificate make_certificate(const Problem& problem, double best, std::vector<Certificate::Group> claims);

}  // namespace entente
