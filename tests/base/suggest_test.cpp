// SPDX-License-Identifier: MIT
// Which names are suggested for a misspelt one.
#include "entente/base/suggest.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace entente {
namespace {

std::string suggested(const char* name, std::initializer_list<const char*> candidates) {
  Suggestion suggestion(name);
  for (const char* candidate : candidates) suggestion.consider(candidate);
  return suggestion.text();
}

TEST(Suggestion, the_nearest_name_is_suggested) {
  EXPECT_EQ(suggested("colros", {"colours", "colors", "cold"}), "; did you mean 'colors'?");
  EXPECT_EQ(suggested("Objective", {"objective"}), "; did you mean 'objective'?");
  EXPECT_EQ(suggested("varables", {"variables", "values"}), "; did you mean 'variables'?");
  EXPECT_EQ(suggested("dd", {"d"}), "; did you mean 'd'?");
}

TEST(Suggestion, names_that_have_little_in_common_are_not_suggested) {
  EXPECT_EQ(suggested("lamp", {"domain", "agent"}), "");
  EXPECT_EQ(suggested("7", {"0", "1"}), "");
  EXPECT_EQ(suggested("", {"x"}), "");
  EXPECT_EQ(suggested("x", {""}), "");
}

TEST(Suggestion, very_long_names_cost_nothing) {
  Suggestion suggestion(std::string(1000000, 'a'));
  for (int i = 0; i < 1000; ++i) suggestion.consider(std::string(65, 'a'));
  EXPECT_FALSE(suggestion.found());
}

}  // namespace
}  // namespace entente
