// SPDX-License-Identifier: MIT
// The documented ways of waiting do what they say, with the compiler and the sanitizers that this is built with;
// patterns/run.sh does the same with another compiler.
#include <gtest/gtest.h>

#include "carriers/patterns/patterns.hpp"

namespace entente {
namespace {

class Patterns : public ::testing::TestWithParam<patterns::Pattern> {};

TEST_P(Patterns, DoesWhatItSays) { EXPECT_EQ(patterns::led_by(GetParam().lead), GetParam().expected); }

std::string name_of(const ::testing::TestParamInfo<patterns::Pattern>& info) {
  std::string name;
  bool upper = true;
  for (const char* at = info.param.name; *at; ++at) {
    if (*at != ' ') name += upper ? char(*at - 'a' + 'A') : *at;
    upper = *at == ' ';
  }
  return name;
}
INSTANTIATE_TEST_SUITE_P(Carrier, Patterns, ::testing::ValuesIn(patterns::all), name_of);

}  // namespace
}  // namespace entente
