// SPDX-License-Identifier: MIT
// check_certificate: whether what a certificate says is true, on a path of its own.
#pragma once

#include <string>
#include <vector>

#include "entente/kernel/certificate.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

/// What is wrong with a certificate, in words; nothing if it proves its bound: its groups name variables of the
/// problem, share no cost function, and each has to cost as much as it says; `best` is the sum of what the functions
/// are at their best.
///
/// Every group is solved anew, by plain elimination of one variable after the other, with nothing of what solvers use.
///
/// Errors  throws Error{too_large} if that takes a table of more than 2^26 cells.
/// Cost    exponential in the width of the widest group.
std::vector<std::string> check_certificate(const Problem& problem, const Certificate& certificate);

}  // namespace entente
