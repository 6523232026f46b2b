// SPDX-License-Identifier: MIT
// Many small programs with separable costs, side by side: boxes, boxes with one or two rows, rays.
#pragma once

#include <cstdint>

namespace entente::kernel {

/// Agents of one dimension, each of which minimises over its own x
///   0.5 x'diag(1/inverse - weight)x + linear'x + l1 ||x||_1 + 0.5 weight ||x - base - shift||^2
/// in its box and under its rows. Numbers of an agent lie side by side, `stride` apart from the next agent's; what lies
/// between dimension and stride is bounded by 0 from both sides.
struct SeparableAgents {
  std::int64_t stride = 0;        ///< A multiple of 8.
  const double* lower = nullptr;  ///< Agents x stride.
  const double* upper = nullptr;
  const double* linear = nullptr;
  const double* inverse = nullptr;  ///< 1 / (curvature + weight), positive.
  const double* l1 = nullptr;       ///< One an agent.
  const std::uint8_t* kind =
      nullptr;  ///< Rows an agent has (0, 1, 2), `ray_agent`, or `other_agent`, which is left alone.
  const std::int64_t* first_row = nullptr;  ///< One an agent: its first row in the three below.
  const double* rows = nullptr;  ///< Rows x stride: a'x = rhs or a'x <= rhs. Of a ray: x = s a with s in [0, 1].
  const double* rhs = nullptr;
  const std::uint8_t* equal = nullptr;
  double* multipliers = nullptr;  ///< One a row: where the search begins, then the optimum's.
};
inline constexpr std::uint8_t ray_agent = 3, other_agent = 4;

/// Solves agents [begin, end): writes their x (agents x stride). `base` may be null for zeros; `shift` holds `stride`
/// numbers. Sets `unsolved[i]` to 1 for agents whose rows could not be met to 1e-12 (they contradict each other, or
/// Newton's steps did not settle), else to 0.
///
/// Cost  a clamp a number; with rows, as often as Newton's steps on the multipliers ask for: one to three from a near
///       start.
using SeparableProximal = void (*)(const SeparableAgents& agents, double weight, const double* base,
                                   const double* shift, std::int64_t begin, std::int64_t end, double* x,
                                   std::uint8_t* unsolved);

/// The loops for one instruction set; results are the same for all.
struct SeparableKernels {
  /// Solves agents [begin, end): writes their x (agents x stride). `base` may be null for zeros; `shift` holds `stride`
  /// numbers. Sets `unsolved[i]` to 1 for agents whose rows could not be met to 1e-12 (they contradict each other, or
  /// Newton's steps did not settle), else to 0.
  ///
  /// Cost  a clamp a number; with rows, as often as Newton's steps on the multipliers ask for: one to three from a near
  ///       start.
  void (*proximal)(const SeparableAgents& agents, double weight, const double* base, const double* shift,
                   std::int64_t begin, std::int64_t end, double* x, std::uint8_t* unsolved);

  /// What one iteration of sharing ADMM needs to know of agents [begin, end), with the points z_i = relaxed_i + offset
  /// before it: relaxed_i becomes alpha x_i + (1 - alpha) z_i. Writes
  ///   sum_relaxed  (`stride` numbers) of relaxed_i,
  ///   sum_missed   (`stride` numbers) of z_i - x_i,
  ///   squares      sums of |z_i - x_i|^2, |step of relaxed_i|^2, |x_i|^2, and the largest |step of relaxed_i|^2.
  void (*sharing_sums)(std::int64_t stride, const double* x, const double* offset, double alpha, std::int64_t begin,
                       std::int64_t end, double* relaxed, double* sum_relaxed, double* sum_missed, double* squares);
};

/// The loops for the best instruction set of this processor.
const SeparableKernels& separable_kernels();

}  // namespace entente::kernel
