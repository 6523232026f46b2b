// SPDX-License-Identifier: MIT
// The inner loops of join-and-project, which exist once per instruction set with equal results to the last bit.
#pragma once

#include <cstdint>

namespace entente::kernel {

/// A matrix of costs: entry (value, cell) of panel p is `cells[p * panel_stride + value * value_stride + cell]`.
struct Stream {
  const double* cells;
  std::uint64_t value_stride;
  std::uint64_t panel_stride;
};

inline constexpr std::uint32_t max_streams = 4;

/// A run of blocks of the result: for every panel p and cell c,
///   result[p][c] = min over v of ((stream_0[p][v][c] + scalar[p][v]) + stream_1[p][v][c]) + …,
/// and the least v that reaches it where `choice` is given. Unless `fresh`, the minimum includes what was there.
struct Block {
  double* result = nullptr;
  std::uint64_t result_stride = 0;  ///< Between panels.
  std::int32_t* choice = nullptr;   ///< Dense: `cells` entries a panel; or null.
  std::int32_t first_value = 0;     ///< Added to v in `choice`.
  std::uint64_t panels = 0, values = 0, cells = 0;
  const double* scalars = nullptr;  ///< `values` a panel.
  std::uint64_t scalar_stride = 0;  ///< Between panels.
  Stream streams[max_streams];      ///< The first `stream_count`; the others hold nothing, for clearing all takes long.
  std::uint32_t stream_count = 0;
  bool fresh = true;
};

/// target[v * target_stride + c] = left[v][c] + right[v][c]; target may be left.
struct RowSum {
  double* target;
  std::uint64_t target_stride, values, cells;
  Stream left, right;
};

/// target[v * target_stride + r * run + i] = source[v * value_stride + offsets[r] + i] for runs r of `run` cells.
struct RowGather {
  double* target;
  std::uint64_t target_stride, values, cells;
  const double* source;
  std::uint64_t value_stride;
  const std::uint64_t* offsets;
  std::uint64_t run;
};

/// target[offsets[r] + i] = source[r * run + i] for runs r of `run` cells.
struct RowScatter {
  double* target;
  const double* source;
  std::uint64_t cells;
  const std::uint64_t* offsets;
  std::uint64_t run;
};

struct JoinProjectKernels {
  void (*minimise)(const Block&);
  void (*minimise_with_choice)(const Block&);
  void (*add_rows)(const RowSum&);
  void (*gather_rows)(const RowGather&);
  void (*scatter_row)(const RowScatter&);
};

namespace baseline {
extern const JoinProjectKernels join_project_kernels;
}
namespace v3 {
extern const JoinProjectKernels join_project_kernels;
}
namespace v4 {
extern const JoinProjectKernels join_project_kernels;
}

}  // namespace entente::kernel
