// SPDX-License-Identifier: MIT
// Inner loops of join-and-project. Compiled once per instruction set: includes nothing that other files could share.
#include <cstdint>

#include "kernel/join_project_kernels.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

#if defined(__AVX512F__)
constexpr std::uint64_t lanes = 8;
#elif defined(__AVX__)
constexpr std::uint64_t lanes = 4;
#else
constexpr std::uint64_t lanes = 2;
#endif

typedef double Vector __attribute__((vector_size(lanes * sizeof(double))));
typedef double Unaligned __attribute__((vector_size(lanes * sizeof(double)), aligned(8), may_alias));

constexpr double infinity = __builtin_inf();

/// The streams of one panel as local variables, which stores to the result cannot change.
template <std::uint32_t Streams>
struct Rows {
  const double* cells[Streams + 1];
  std::uint64_t stride[Streams + 1];

  Rows(const Block& block, std::uint64_t panel) {
    for (std::uint32_t k = 0; k < Streams; ++k) {
      cells[k] = block.streams[k].cells + panel * block.streams[k].panel_stride;
      stride[k] = block.streams[k].value_stride;
    }
  }
  double sum(std::uint64_t value, double scalar, std::uint64_t cell) const {
    double total = scalar;
    for (std::uint32_t k = 0; k < Streams; ++k) total = total + cells[k][value * stride[k] + cell];
    return total;
  }
};

/// A list of numbers known to the compiler: what is repeated for each is written out, and its variables stay in
/// registers.
template <std::uint32_t... I>
struct List {};

using One = List<0>;
using Four = List<0, 1, 2, 3>;
using Eight = List<0, 1, 2, 3, 4, 5, 6, 7>;

template <std::uint32_t... I>
constexpr std::uint64_t length(List<I...>) {
  return sizeof...(I);
}

inline Vector broadcast(double cost) { return cost - Vector{}; }  // taking 0 away costs nothing, adding it would
inline Vector load(const double* cells) { return *reinterpret_cast<const Unaligned*>(cells); }
inline void store(double* cells, Vector vector) { *reinterpret_cast<Unaligned*>(cells) = vector; }

/// least[c] = min(least[c], what the streams and the scalar of value `value` add up to) for vectors c.
template <std::uint32_t Streams, std::uint32_t... C>
inline __attribute__((always_inline)) void take_value(List<C...>, Vector* least, const Rows<Streams>& rows,
                                                      std::uint64_t cell, std::uint64_t value, double scalar) {
  Vector total[] = {(static_cast<void>(C), broadcast(scalar))...};
  for (std::uint32_t k = 0; k < Streams; ++k) {
    const double* const from = rows.cells[k] + value * rows.stride[k] + cell;
    ((total[C] = total[C] + load(from + C * lanes)), ...);
  }
  ((least[C] = total[C] < least[C] ? total[C] : least[C]), ...);
}

/// Minimises over all values for a few neighbouring vectors of cells. Values are taken some at a time and then the
/// rest, all written out: a loop over few values costs a wrong branch each time, and one load instruction that serves
/// many streams defeats the prefetcher.
template <std::uint32_t Streams, std::uint32_t... V, std::uint32_t... Rest, std::uint32_t... C>
inline __attribute__((always_inline)) void minimise_run(List<C...> vectors, List<V...>, List<Rest...>, double* result,
                                                        const Rows<Streams>& rows, const double* scalars,
                                                        std::uint64_t values, std::uint64_t cell, bool fresh) {
  Vector least[] = {(static_cast<void>(C), broadcast(infinity))...};
  if (!fresh) ((least[C] = load(result + cell + C * lanes)), ...);
  std::uint64_t v = 0;
  for (; v + sizeof...(V) <= values; v += sizeof...(V))
    (take_value(vectors, least, rows, cell, v + V, scalars[v + V]), ...);
  (take_value(vectors, least, rows, cell, v + Rest, scalars[v + Rest]), ...);
  (store(result + cell + C * lanes, least[C]), ...);
}

template <std::uint32_t Streams, typename Group, typename Rest>
void minimise_panels(const Block& block) {
  const std::uint64_t cells = block.cells, values = block.values;
  const bool fresh = block.fresh;
  for (std::uint64_t panel = 0; panel < block.panels; ++panel) {
    double* const result = block.result + panel * block.result_stride;
    const double* const scalars = block.scalars + panel * block.scalar_stride;
    const Rows<Streams> rows(block, panel);
    const auto run = [&](auto vectors, std::uint64_t cell) __attribute__((always_inline)) {
      minimise_run(vectors, Group{}, Rest{}, result, rows, scalars, values, cell, fresh);
    };
    if (cells < lanes) {
      for (std::uint64_t cell = 0; cell < cells; ++cell) {
        double least = fresh ? infinity : result[cell];
        for (std::uint64_t v = 0; v < values; ++v) {
          const double total = rows.sum(v, scalars[v], cell);
          least = total < least ? total : least;
        }
        result[cell] = least;
      }
      continue;
    }
    std::uint64_t cell = 0;
    for (; cell + length(Four{}) * lanes <= cells; cell += length(Four{}) * lanes) run(Four{}, cell);
    for (; cell + lanes <= cells; cell += lanes) run(One{}, cell);
    // The rest as a full vector that overlaps what is done: taking a minimum twice changes nothing.
    if (cell < cells) run(One{}, cells - lanes);
  }
}

template <std::uint32_t Streams>
void minimise_by_eight(const Block& block) {
  switch (block.values % length(Eight{})) {
    case 0: return minimise_panels<Streams, Eight, List<>>(block);
    case 1: return minimise_panels<Streams, Eight, One>(block);
    case 2: return minimise_panels<Streams, Eight, List<0, 1>>(block);
    case 3: return minimise_panels<Streams, Eight, List<0, 1, 2>>(block);
    case 4: return minimise_panels<Streams, Eight, Four>(block);
    case 5: return minimise_panels<Streams, Eight, List<0, 1, 2, 3, 4>>(block);
    case 6: return minimise_panels<Streams, Eight, List<0, 1, 2, 3, 4, 5>>(block);
    default: return minimise_panels<Streams, Eight, List<0, 1, 2, 3, 4, 5, 6>>(block);
  }
}

template <std::uint32_t Streams>
void minimise_by_four(const Block& block) {
  switch (block.values % length(Four{})) {
    case 0: return minimise_panels<Streams, Four, List<>>(block);
    case 1: return minimise_panels<Streams, Four, One>(block);
    case 2: return minimise_panels<Streams, Four, List<0, 1>>(block);
    default: return minimise_panels<Streams, Four, List<0, 1, 2>>(block);
  }
}

// Fewer forms where they are rarer or do more work a value.
void minimise(const Block& block) {
  switch (block.stream_count) {
    case 0: return minimise_panels<0, One, List<>>(block);
    case 1: return minimise_by_eight<1>(block);
    case 2: return minimise_by_eight<2>(block);
    case 3: return minimise_by_four<3>(block);
    default: return minimise_by_four<4>(block);
  }
}

template <std::uint32_t Streams>
void minimise_panels_with_choice(const Block& block) {
  const std::uint64_t cells = block.cells;
  for (std::uint64_t panel = 0; panel < block.panels; ++panel) {
    double* const __restrict result = block.result + panel * block.result_stride;
    std::int32_t* const __restrict choice = block.choice + panel * cells;
    const Rows<Streams> rows(block, panel);
    if (block.fresh)
      for (std::uint64_t cell = 0; cell < cells; ++cell) result[cell] = infinity, choice[cell] = 0;
    for (std::uint64_t v = 0; v < block.values; ++v) {
      const double scalar = block.scalars[panel * block.scalar_stride + v];
      const std::int32_t value = block.first_value + static_cast<std::int32_t>(v);
      for (std::uint64_t cell = 0; cell < cells; ++cell) {
        const double total = rows.sum(v, scalar, cell), least = result[cell];
        const bool less = total < least;
        result[cell] = less ? total : least;
        choice[cell] = less ? value : choice[cell];
      }
    }
  }
}

void minimise_with_choice(const Block& block) {
  switch (block.stream_count) {
    case 0: return minimise_panels_with_choice<0>(block);
    case 1: return minimise_panels_with_choice<1>(block);
    case 2: return minimise_panels_with_choice<2>(block);
    case 3: return minimise_panels_with_choice<3>(block);
    default: return minimise_panels_with_choice<4>(block);
  }
}

void add_rows(const RowSum& sum) {
  for (std::uint64_t v = 0; v < sum.values; ++v) {
    double* const target = sum.target + v * sum.target_stride;
    const double* const left = sum.left.cells + v * sum.left.value_stride;
    const double* const right = sum.right.cells + v * sum.right.value_stride;
    for (std::uint64_t c = 0; c < sum.cells; ++c) target[c] = left[c] + right[c];
  }
}

inline void copy_run(double* target, const double* source, std::uint64_t cells) {
  if (cells < lanes) {
    for (std::uint64_t c = 0; c < cells; ++c) target[c] = source[c];
    return;
  }
  for (std::uint64_t c = 0; c + lanes <= cells; c += lanes) store(target + c, load(source + c));
  store(target + cells - lanes, load(source + cells - lanes));
}

void gather_rows(const RowGather& gather) {
  const std::uint64_t runs = gather.cells / gather.run;
  for (std::uint64_t v = 0; v < gather.values; ++v) {
    double* const __restrict target = gather.target + v * gather.target_stride;
    const double* const source = gather.source + v * gather.value_stride;
    if (gather.run == 1)
      for (std::uint64_t c = 0; c < gather.cells; ++c) target[c] = source[gather.offsets[c]];
    else
      for (std::uint64_t r = 0; r < runs; ++r)
        copy_run(target + r * gather.run, source + gather.offsets[r], gather.run);
  }
}

void scatter_row(const RowScatter& scatter) {
  const std::uint64_t runs = scatter.cells / scatter.run;
  if (scatter.run == 1)
    for (std::uint64_t c = 0; c < scatter.cells; ++c) scatter.target[scatter.offsets[c]] = scatter.source[c];
  else
    for (std::uint64_t r = 0; r < runs; ++r)
      copy_run(scatter.target + scatter.offsets[r], scatter.source + r * scatter.run, scatter.run);
}

}  // namespace

const JoinProjectKernels join_project_kernels = {minimise, minimise_with_choice, add_rows, gather_rows, scatter_row};

}  // namespace entente::kernel::ENTENTE_LEVEL
