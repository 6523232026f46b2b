// SPDX-License-Identifier: MIT
// Budgets: what is taken, given back, refused and kept for later.
#include "kernel/memory_budget.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <thread>
#include <vector>

#include "entente/base/error.hpp"
#include "kernel/cost_table.hpp"

namespace entente {
namespace {

TEST(MemoryBudget, Counts_what_is_taken_and_given_back) {
  MemoryBudget budget(100);
  {
    const Reservation first = budget.reserve(60, 1);
    Reservation second = budget.reserve(40, 1);
    EXPECT_EQ(budget.used(), 100u);
    second = Reservation();
    EXPECT_EQ(budget.used(), 60u);
  }
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(budget.peak(), 100u);
}

TEST(MemoryBudget, Refuses_what_would_pass_the_limit_and_stays_as_it_was) {
  MemoryBudget budget(100);
  const Reservation first = budget.reserve(60, 1);
  EXPECT_THROW(budget.reserve(41, 2), Error);
  EXPECT_THROW(budget.reserve(std::numeric_limits<std::uint64_t>::max(), 2), Error);
  EXPECT_EQ(budget.used(), 60u);
}

TEST(MemoryBudget, Never_lets_threads_pass_the_limit_together) {
  MemoryBudget budget(1000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) try {
          const Reservation mine = budget.reserve(300, 1);
          EXPECT_LE(budget.used(), 1000u);
        } catch (const Error&) {
          // three others hold 900 bytes
        }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_LE(budget.peak(), 900u);
}

TEST(MemoryBudget, Hands_the_memory_of_a_large_table_to_the_next_of_its_size) {
  MemoryBudget budget(std::uint64_t(1) << 23);
  const double* cells = nullptr;
  {
    CostTable table({0}, {1 << 18}, budget);
    cells = table.writable();
  }
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(CostTable({0}, {1 << 18}, budget).writable(), cells);
}

TEST(MemoryBudget, Keeps_no_memory_that_a_new_table_has_no_room_beside) {
  MemoryBudget budget(std::uint64_t(3) << 20);
  budget.give_spare(std::malloc(1 << 20), 1 << 20);
  const Reservation most = budget.reserve((std::uint64_t(2) << 20) + 1, 1);
  EXPECT_EQ(budget.take_spare(1 << 20), nullptr);
}

TEST(MemoryBudget, Says_bytes_as_people_do) {
  EXPECT_EQ(bytes_to_text(1023), "1023 bytes");
  EXPECT_EQ(bytes_to_text(std::uint64_t(3) << 29), "1.5 GiB (1610612736 bytes)");
  EXPECT_EQ(bytes_to_text(std::numeric_limits<std::uint64_t>::max()), "more than 2^64 bytes");
}

TEST(MemoryBudget, Finds_some_memory_free) { EXPECT_GT(half_of_free_memory(), std::uint64_t(1) << 20); }

}  // namespace
}  // namespace entente
