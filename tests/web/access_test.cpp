// SPDX-License-Identifier: MIT
// Who may ask: names of this machine, and pages that come from it.
#include "web/access.hpp"

#include <gtest/gtest.h>

namespace entente::web {
namespace {

TEST(Access, KnowsTheNamesOfThisMachine) {
  for (const char* host : {"localhost", "LocalHost:80", "127.0.0.1:8080", "127.0.0.1", "[::1]", "[::1]:65535"})
    EXPECT_TRUE(is_own_host(host)) << host;
}

TEST(Access, KnowsNoOtherNames) {
  for (const char* host : {"", ":80", "evil.example", "evil.example:8080", "localhost.evil.example", "localhost:",
                           "localhost:8o", "localhost:123456", "127.0.0.1.evil.example", "127.0.0.10", "::1", "[::1",
                           "[::1]x", " localhost", "localhost ", "user@localhost", "0.0.0.0", "192.168.0.1"})
    EXPECT_FALSE(is_own_host(host)) << host;
}

TEST(Access, TakesOnlyTheOriginThatTheHostNames) {
  EXPECT_TRUE(is_own_origin("http://localhost:8080", "localhost:8080"));
  EXPECT_TRUE(is_own_origin("https://LOCALHOST", "localhost"));
  for (const char* origin :
       {"", "null", "http://", "http://localhost:8081", "http://127.0.0.1:8080", "http://evil.example",
        "http://localhost:8080.evil.example", "ws://localhost:8080", "localhost:8080", "http://localhost:8080/"})
    EXPECT_FALSE(is_own_origin(origin, "localhost:8080")) << origin;
}

}  // namespace
}  // namespace entente::web
