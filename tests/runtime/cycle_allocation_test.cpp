// SPDX-License-Identifier: MIT
// Cycles allocate nothing: everything is there before the first one.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "entente/algorithm.hpp"
#include "entente/algorithm/registry.hpp"
#include "runtime/cycle_engine.hpp"
#include "support/random_problem.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace entente::runtime {
namespace {

std::size_t allocations_of(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                           int threads, Execution execution, std::uint64_t cycles) {
  const std::vector<Setting> settings =
      algorithm.info.name == "dsa" ? std::vector<Setting>{{"variant", "C"}} : std::vector<Setting>{};
  CycleEngine engine(problem, costs, algorithm, settings, {.seed = 1, .threads = threads, .stop_cycle = cycles},
                     execution);
  const std::size_t before = allocations;
  engine.run();
  return allocations - before;
}

TEST(CycleEngine, AllocatesNothingPerCycle) {
  const Problem problem = testing::make_random_problem({.variables = 500, .degree = 4}, 1);
  const kernel::LocalCosts costs(problem);
  for (const Algorithm& algorithm : algorithm_table()) {
    if (algorithm.info.timing != Timing::cycles || algorithm.info.graph != Graph::constraint) continue;
    for (const Execution execution : {Execution::full, Execution::change_driven, Execution::automatic})
      for (const int threads : {1, 2})
        EXPECT_EQ(allocations_of(problem, costs, algorithm, threads, execution, 5),
                  allocations_of(problem, costs, algorithm, threads, execution, 200))
            << algorithm.info.name << " execution " << int(execution) << " threads " << threads;
  }
}

}  // namespace
}  // namespace entente::runtime
