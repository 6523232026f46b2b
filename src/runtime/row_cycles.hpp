// SPDX-License-Identifier: MIT
// RowCycles: the cycle engine's way of running for participants that are rows of numbers on a bare graph.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <vector>

#include "entente/base/array.hpp"
#include "runtime/barrier.hpp"

namespace entente::runtime {

/// Two planes of messages, one row a participant: in a cycle everybody reads the one and writes their row of the other;
/// then they change places. Participants are dealt to threads in blocks of 128, always the same ones, and the only
/// thing gathered from all threads is a largest number, which needs no order: results do not depend on the threads.
///
/// No allocation, lock or virtual call per message; one indirect call per block, two barriers per cycle.
class RowCycles {
 public:
  RowCycles(std::size_t participants, std::size_t width, int threads);

  double* said() const { return now_; }     ///< What is read in the next cycle; to be filled before the run.
  double* saying() const { return next_; }  ///< What is written.

  /// Runs participants [low, high) of cycle `cycle`; returns the largest change that it made.
  using Step = std::function<double(std::uint64_t cycle, std::uint32_t low, std::uint32_t high)>;
  /// Called by one thread after each cycle, with the number of cycles run and the largest change of the last. True:
  /// stop.
  using After = std::function<bool(std::uint64_t cycles, double change)>;
  /// Returns the number of cycles run. What a step or `after` throws ends the run, and is thrown again.
  std::uint64_t run(const Step& step, const After& after);

 private:
  static constexpr std::uint32_t block_ = 128;
  struct alignas(64) Lane {
    std::uint32_t begin = 0, end = 0;
    double change = 0;
  };
  void work(Lane& lane, const Step& step, const After& after);
  void guarded(const std::function<void()>& part);

  Array<double> a_, b_;
  double *now_, *next_;
  std::vector<Lane> lanes_;
  Barrier barrier_;
  std::uint64_t cycle_ = 0;
  bool stop_ = false;
  std::exception_ptr failure_;
  std::atomic<bool> failed_{false};
};

}  // namespace entente::runtime
