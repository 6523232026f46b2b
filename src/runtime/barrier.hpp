// SPDX-License-Identifier: MIT
// Barrier: where the threads of an engine meet, several times a cycle.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace entente::runtime {

/// A reusable meeting point of `parties` threads. Spins briefly, then yields: phases last microseconds.
class Barrier {
 public:
  explicit Barrier(int parties) : parties_(parties) {}

  void wait() {
    if (parties_ == 1) return;
    const std::uint32_t turn = turn_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == parties_ - 1) {
      arrived_.store(0, std::memory_order_relaxed);
      turn_.store(turn + 1, std::memory_order_release);
      return;
    }
    for (int spin = 0; turn_.load(std::memory_order_acquire) == turn; ++spin) {
      if (spin < 1'000)
        pause();
      else
        std::this_thread::yield();
    }
  }

 private:
  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }

  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> turn_{0};
  int parties_;
};

}  // namespace entente::runtime
