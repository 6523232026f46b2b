// SPDX-License-Identifier: MIT
// CostKernels: arithmetic on cost vectors of many factors side by side, behind plain function pointers. Whoever calls
// them, a step of an algorithm or an engine, is compiled once; they are compiled for each instruction set.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace entente::kernel {

/// Cost vectors of `groups * lanes` factors. With several lanes, number (group g, value v, lane l) is at
/// (g * size + v) * lanes + l. With one lane, group g is a row of `row` numbers: `size` costs, then zeros.
struct MessageShape {
  uint32_t groups = 0;
  uint32_t size = 0;   ///< Values.
  uint32_t lanes = 1;  ///< 1, or CostKernels::lanes.
  uint32_t row = 0;    ///< Numbers in a group.

  size_t numbers() const { return size_t(groups) * row; }
};

/// Cost tables of `groups * lanes` factors, row-major, last position fastest; cell c of lane l at c * lanes + l. With
/// one lane, the last dimension is padded to MessageShape::row cells that cost more than all others.
struct TableShape {
  uint32_t groups = 0;
  uint32_t lanes = 1;
  uint32_t arity = 0;
  const uint32_t* sizes = nullptr;  ///< Values of each position.
  uint32_t row = 0;                 ///< Cells in the last dimension, padding included.
  uint64_t cells = 0;               ///< Of one factor, padding included.
};

/// Kernels for one type of number (float or double). Every instruction set gives the same bits.
///
/// Arrays are aligned to 64 bytes. Rows of variables have `stride` numbers: `size` costs, then zeros. `index` says
/// which row each factor means; it can be read 64 entries beyond its end.
struct CostKernels {
  uint32_t lanes;         ///< Factors side by side: 64 bytes of numbers.
  uint32_t number_bytes;  ///< sizeof(float) or sizeof(double).

  /// Rows of variables to messages; all lanes are filled.
  void (*gather)(const MessageShape&, const void* rows, uint32_t stride, const uint32_t* index, void* messages);
  void (*copy)(size_t numbers, const void* from, void* to);
  /// a -= b.
  void (*subtract)(size_t numbers, void* a, const void* b);
  /// Makes the lowest cost of every message 0.
  void (*normalise)(const MessageShape&, void* messages);
  /// fresh = keep * last + (1 - keep) * fresh.
  void (*blend)(size_t numbers, const void* last, double keep, void* fresh);
  /// Whether no cost of a message differs from the other's by more than `relative` times the largest cost of either
  /// message, or by more than `absolute`.
  bool (*close)(const MessageShape&, const void* a, const void* b, double relative, double absolute);
  /// out[k] = for each value of position k, the cheapest completion: table plus the messages in[j] of all j but k.
  void (*min_marginals)(const TableShape&, const void* tables, const void* const* in, void* const* out);
  /// Adds the first `count` messages to the rows of their variables, in order.
  void (*add)(const MessageShape&, uint32_t count, const void* messages, uint32_t stride, const uint32_t* index,
              void* rows);
  /// Writes the first `count` messages to slots of `stride` numbers.
  void (*store)(const MessageShape&, uint32_t count, const void* messages, uint32_t stride, const uint32_t* index,
                void* slots);
  /// Adds `count` consecutive slots to the rows of their variables, in order.
  void (*collect)(uint32_t stride, size_t count, const void* slots, const uint32_t* index, void* rows);
  /// The first of the cheapest values of each row, and how many differ from what `values` said before.
  uint64_t (*cheapest)(uint32_t size, uint32_t stride, size_t count, const void* rows, int32_t* values);
  /// Adds the costs of the first `count` factors at `values[index]` to `cost`, and to `violations` how many of them
  /// reach `hard`.
  void (*evaluate)(const TableShape&, uint32_t count, const void* tables, const int32_t* const* values,
                   const uint32_t* const* index, double hard, double* cost, uint64_t* violations);
  /// a += b.
  void (*accumulate)(size_t numbers, void* a, const void* b);
  /// a *= by.
  void (*scale)(size_t numbers, double by, void* a);
};

}  // namespace entente::kernel
