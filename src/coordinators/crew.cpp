// SPDX-License-Identifier: MIT
#include "coordinators/crew.hpp"

#include <algorithm>

namespace entente::admm {

Crew::Crew(unsigned size)
    : size_(size > 0 ? size : std::max(1U, std::thread::hardware_concurrency())), barrier_(size_), failures_(size_) {
  for (unsigned thread = 1; thread < size_; ++thread) threads_.emplace_back([this, thread] { work(thread); });
}

Crew::~Crew() {
  if (threads_.empty()) return;
  over_ = true;
  barrier_.arrive_and_wait();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::work(unsigned thread) {
  for (;;) {
    barrier_.arrive_and_wait();
    if (over_) return;
    share(thread);
    barrier_.arrive_and_wait();
  }
}

void Crew::share(unsigned thread) {
  try {
    for (std::size_t chunk = thread; chunk < chunks_; chunk += size_) (*action_)(chunk);
  } catch (...) {
    failures_[thread] = std::current_exception();
  }
}

void Crew::run(std::size_t chunks, const std::function<void(std::size_t)>& action) {
  chunks_ = chunks;
  action_ = &action;
  if (threads_.empty() || chunks < 2) {
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) action(chunk);
    return;
  }
  barrier_.arrive_and_wait();
  share(0);
  barrier_.arrive_and_wait();
  for (std::exception_ptr& failure : failures_) {
    if (!failure) continue;
    std::exception_ptr thrown;
    std::swap(thrown, failure);
    std::rethrow_exception(thrown);
  }
}

}  // namespace entente::admm
