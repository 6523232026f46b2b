// SPDX-License-Identifier: MIT
// Which compiled form of the kernels runs, and how the environment may choose. The choice is made once per process,
// so each wish is tried in a process of its own.
#include "kernel/instruction_set.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "entente/base/error.hpp"

namespace entente {
namespace {

/// Ends the process: 0 to 2 for the level chosen, 9 for an error.
[[noreturn]] void choose(const char* wish) {
  setenv("ENTENTE_INSTRUCTIONS", wish, 1);
  try {
    std::_Exit(static_cast<int>(best_instruction_set()));
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::_Exit(9);
  }
}

TEST(InstructionSetDeathTest, Follows_the_environment) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(choose("baseline"), testing::ExitedWithCode(0), "");
  if (is_supported(InstructionSet::v3)) {
    EXPECT_EXIT(choose("v3"), testing::ExitedWithCode(1), "");
  } else {
    EXPECT_EXIT(choose("v3"), testing::ExitedWithCode(9), "lacks level v3");
  }
}

TEST(InstructionSetDeathTest, Refuses_an_unknown_level) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(choose("v9"), testing::ExitedWithCode(9), "found 'v9', expected baseline, v3 or v4");
}

TEST(InstructionSet, Includes_the_levels_below) {
  EXPECT_TRUE(is_supported(InstructionSet::baseline));
  EXPECT_TRUE(!is_supported(InstructionSet::v4) || is_supported(InstructionSet::v3));
  EXPECT_EQ(to_text(InstructionSet::v4), "v4");
}

}  // namespace
}  // namespace entente
