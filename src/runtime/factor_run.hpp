// SPDX-License-Identifier: MIT
// FactorRun: the state and the threads of one run of the factor engine.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "entente/algorithm/factor_population.hpp"
#include "entente/base/array.hpp"
#include "runtime/barrier.hpp"
#include "runtime/factor_layout.hpp"
#include "runtime/factor_messages.hpp"
#include "runtime/factor_start.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

class FactorRun {
 public:
  FactorRun(const Problem& problem, const FactorPopulation& population, FactorLayout& layout, const FactorCosts& costs,
            const kernel::CostKernels& kernels, const RunControl& control);

  RunResult run();
  /// Before the run: goes on from messages of an earlier one, on a problem with the same variables.
  void restore(const FactorMessages& messages);
  /// After the run: what was said last.
  void save(FactorMessages& messages) const;

  // In place of `run`, for one whose computations decide elsewhere: `begin`, then a cycle at a time until either says
  // that the run is over.
  bool begin();
  /// `values`: what all variables have decided in the next cycle; `stirred`: whether anybody said anything new in it.
  bool follow(std::span<const ValueIndex> values, std::uint64_t changed, bool stirred);
  /// Of what was followed. Says nothing of times.
  RunResult outcome() const;

 private:
  /// What a variable class has heard. One thread adds messages where they belong as it goes (`next`, from which the
  /// factors of this cycle do not read); several leave them in slots.
  struct Beliefs {
    Array<std::byte> now, next, slots;
  };
  /// What the computations at the edges of a factor class last said.
  struct Said {
    Array<std::byte> factors, variables;
    Array<std::byte> notes;            ///< One plane like `factors` for each note.
    std::vector<std::uint32_t> wakes;  ///< By factor, in layout order.
  };
  /// A part of the work that is never split: a block of factors or a chunk of variables.
  struct Piece {
    std::uint32_t of_class;
    std::size_t number;
    std::uint64_t weight;
  };
  struct alignas(64) Lane {
    std::size_t block_low = 0, block_high = 0, chunk_low = 0, chunk_high = 0;
    Array<std::byte> scratch;
    // Arrays by position of the block at hand.
    std::vector<kernel::MessageShape> shapes;
    std::vector<const void*> beliefs;
    std::vector<std::uint32_t> strides;
    std::vector<const std::uint32_t*> index, slots, wakes;
    std::vector<const std::int32_t*> values;
    std::vector<void*> factors, variables, notes;
    std::vector<const std::uint8_t*> early;
    std::vector<ValueIndex> tuple;
    bool stirred = false;
    std::uint64_t changed = 0;
    double busy = 0;
  };

  friend class FactorShare;

  bool follow();
  void count_cycle(std::uint64_t changed, bool stirred);
  void deal();
  void prepare_wakes();
  void choose_first_values();
  void work(int thread);
  void speak(Lane& lane);
  void speak(Lane& lane, const Piece& piece, Evaluation& cost);
  void deliver(Lane& lane, const FactorClass& factors, std::uint32_t count);
  void evaluate(Lane& lane, const FactorClass& factors, const kernel::TableShape& table, const Piece& piece,
                std::uint32_t count, Evaluation& cost) const;
  void decide(Lane& lane);
  void decide(Lane& lane, const Piece& piece);
  Evaluation own_costs(const VariableClass& variables, std::size_t chunk) const;
  template <class Visit>
  void each_message(Visit&& visit) const;
  void take_stock();
  void finish_cycle();
  bool should_end();
  bool stopping() const;
  void wait_out_delay() const;
  std::vector<ValueIndex> outside(const Array<std::int32_t>& values) const;
  std::byte* rows(const Array<std::byte>& plane, const VariableClass& variables, std::size_t row) const {
    return plane.data() + row * variables.stride * kernels_.number_bytes;
  }

  const Problem& problem_;
  const FactorPopulation& population_;
  FactorLayout& layout_;
  const FactorCosts& costs_;
  const kernel::CostKernels& kernels_;
  const RunControl& control_;
  WakeUp wake_;
  const std::uint32_t notes_;                  ///< Kept on each edge.
  std::uint64_t longest_path_ = 0;             ///< Of the order of nodes, if the population wants one.
  std::uint64_t calm_enough_;                  ///< Cycles without change before a run ends by itself.
  std::vector<std::uint32_t> variable_wakes_;  ///< As numbered inside.
  std::vector<Beliefs> beliefs_;
  std::vector<Said> said_;
  std::vector<Piece> blocks_, chunks_;
  std::vector<Evaluation> block_costs_, chunk_costs_;  ///< In working costs.
  std::vector<Lane> lanes_;
  Array<std::int32_t> values_, best_values_;  ///< As numbered inside.

  // Set by one thread between two barriers, read by all after the second.
  std::uint64_t cycle_ = 0, changed_ = 0, best_cycle_ = 0;
  std::uint32_t calm_ = 0;  ///< Cycles in a row in which nothing changed.
  bool only_evaluate_ = false, stop_ = false, have_best_ = false;
  bool shared_ = false;  ///< Only the messages of factors are made here; somebody else delivers and decides.
  Evaluation best_;
  RunEnd end_ = RunEnd::by_itself;
  std::atomic<bool> aborted_{false}, failed_{false};
  std::exception_ptr failure_;
  std::unique_ptr<Barrier> barrier_;
};

}  // namespace entente::runtime
