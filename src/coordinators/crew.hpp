// SPDX-License-Identifier: MIT
// Crew: threads that take part in one loop after another.
#pragma once

#include <barrier>
#include <cstddef>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace entente::admm {

/// Runs an action for chunks 0 … n-1, chunk c on thread c mod size. What is computed must not depend on who computes
/// it.
class Crew {
 public:
  /// `size` threads, the caller's included; 0: one a core.
  explicit Crew(unsigned size);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Returns when all chunks are done; rethrows what the first chunk that threw has thrown.
  void run(std::size_t chunks, const std::function<void(std::size_t)>& action);
  unsigned size() const { return size_; }

 private:
  void work(unsigned thread);
  void share(unsigned thread);

  unsigned size_;
  std::barrier<> barrier_;
  std::vector<std::thread> threads_;
  std::size_t chunks_ = 0;
  const std::function<void(std::size_t)>* action_ = nullptr;
  std::vector<std::exception_ptr> failures_;
  bool over_ = false;
};

}  // namespace entente::admm
