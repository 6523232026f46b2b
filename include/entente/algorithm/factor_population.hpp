// SPDX-License-Identifier: MIT
// FactorPopulation: all computations of a two-role algorithm on a factor graph, and the plain data an engine runs them
// with: one indirect call per block of factors, one per block of variables.
#pragma once

#include <cstddef>
#include <cstdint>

#include "entente/base/ids.hpp"
#include "entente/kernel/cost_kernels.hpp"

namespace entente {

/// Raised whenever the meaning of a field changes; fields are only ever appended.
inline constexpr std::uint32_t factor_frame_version = 1;

/// Who speaks in the first cycle. The others follow one cycle after they first heard something; what they have not yet
/// said counts as zero costs.
enum class Speakers : std::uint8_t {
  leaves,                ///< Nodes with one neighbour; a part of the graph that has none starts as a whole.
  leaves_and_variables,  ///< Those and all variables.
  all,
};

/// A block of factors of equal shape, with the messages on their edges. Arrays by position are indexed by the factor's
/// scope; every message array holds the whole block (kernel::MessageShape).
struct FactorBlock {
  std::uint32_t version = factor_frame_version;
  std::uint32_t bytes = sizeof(FactorBlock);

  const kernel::CostKernels* kernels = nullptr;
  std::uint32_t arity = 0;
  std::uint32_t count = 0;  ///< Factors; lanes beyond them are idle.
  std::uint64_t cycle = 0;
  const kernel::MessageShape* shapes = nullptr;  ///< By position.
  const void* const* beliefs = nullptr;          ///< By position: the rows of its variables
  const std::uint32_t* strides = nullptr;        ///< and their length.
  const std::uint32_t* const* index = nullptr;   ///< By position: which row each factor means.
  void* const* factor_sent = nullptr;            ///< By position: what the factors last said.
  void* const* variable_sent = nullptr;          ///< By position: what the variables last said; null if not kept.
  kernel::TableShape table;
  const void* tables = nullptr;
  /// Replaces the kernel where a table would be too large; null otherwise.
  void (*min_marginals)(const FactorBlock&, const void* const* in, void* const* out) = nullptr;
  const void* context = nullptr;

  // While some computations have not been woken yet: the first cycle in which each speaks; null afterwards.
  const std::uint32_t* factor_wakes = nullptr;           ///< By factor of the block.
  const std::uint32_t* const* variable_wakes = nullptr;  ///< By position and row.

  double rounding = 0;           ///< Differences of costs up to this are rounding errors.
  std::byte* scratch = nullptr;  ///< For intermediate results, aligned to 64 bytes.
  std::size_t scratch_bytes = 0;
  bool stirred = false;  ///< Set when a computation says something else than before.

  /// notes[n * arity + k]: what the algorithm noted n-th on the edges at position k, as it likes; zeros at first.
  void* const* notes = nullptr;
  const ValueIndex* const* values = nullptr;  ///< By position and row: what the variables last decided.
  /// By position, then by factor: 1 where the variable comes before the factor in the order of all nodes, else 0. Null
  /// unless the algorithm asks for an order.
  const std::uint8_t* const* early = nullptr;
  std::uint64_t longest_path = 0;  ///< Variables after the first on the longest path that follows that order.
};

/// Variables of equal domain size, and the sum of all costs each has heard of.
struct VariableBlock {
  std::uint32_t version = factor_frame_version;
  std::uint32_t bytes = sizeof(VariableBlock);

  const kernel::CostKernels* kernels = nullptr;
  std::uint32_t size = 0, stride = 0;
  std::size_t count = 0;
  const void* beliefs = nullptr;
  ValueIndex* values = nullptr;
  std::uint64_t changed = 0;  ///< How many decisions differ from the last.
};

/// One variable before the first cycle.
struct VariableStart {
  std::uint32_t version = factor_frame_version;
  std::uint32_t bytes = sizeof(VariableStart);

  VariableId id = 0;
  std::uint32_t degree = 0;       ///< Factors.
  std::uint32_t size = 0;         ///< Values.
  std::uint64_t salt = 0;         ///< From the seed.
  double* preferences = nullptr;  ///< One per value, zero at first: costs that only steer messages.
};

/// The computations of a two-role algorithm. Engines call; algorithms never see this.
class FactorPopulation {
 public:
  virtual ~FactorPopulation() = default;
  virtual Speakers first_speakers() const = 0;
  /// Whether variables need what they last said on each edge.
  virtual bool remembers_variables() const = 0;
  virtual void start(const VariableStart& variable) const = 0;
  /// What the variables tell the factors of a block, then what these answer.
  virtual void speak(FactorBlock& block) const = 0;
  /// The variables of a block decide.
  virtual void decide(VariableBlock& block) const = 0;
  /// Cost vectors that are to be kept on every edge for the algorithm's own use.
  virtual std::uint32_t notes() const { return 0; }
  /// Whether nodes are to be put in an order: variables by id, a factor after the first half of its variables.
  virtual bool ordered() const { return false; }
  /// Cycles in a row without change after which a run ends, given FactorBlock::longest_path.
  virtual std::uint64_t calm_cycles(std::uint64_t /*longest_path*/) const { return 4; }
};

}  // namespace entente
