// SPDX-License-Identifier: MIT
// Whatever users of distributed-resource-optimization (DRO) called by name has a name here: every line of symbols.inc
// compiles.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "entente/carrier.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/coordinators/admm.hpp"
#include "entente/coordinators/admm_variants.hpp"
#include "entente/participants/averaging.hpp"
#include "entente/participants/cohda.hpp"
#include "entente/participants/cohda_decider.hpp"
#include "entente/participants/consensus_actor.hpp"
#include "entente/participants/consensus_message.hpp"
#include "entente/participants/diffusion.hpp"
#include "entente/participants/economic_dispatch.hpp"
#include "entente/participants/flex_actor.hpp"
#include "entente/participants/reservoir.hpp"

namespace entente {
namespace {

// An object of a type, for expressions that are compiled and not evaluated.
template <class T>
T& the();
template <class T>
T&& moved();

struct Symbol {
  const char *theirs, *ours, *header;
};

#define SECTION(name)
#define SYMBOL(theirs, ours, header, ...) {theirs, ours, header},
constexpr Symbol symbols[] = {
#include "dro/symbols.inc"
};
#undef SYMBOL

#define SYMBOL(theirs, ours, header, ...) sizeof(decltype(std::pair{0, ((__VA_ARGS__), 0)})),
[[maybe_unused]] constexpr std::size_t every_expression_compiles[] = {
#include "dro/symbols.inc"
};

TEST(DroSymbols, EachIsListedOnceWithOurNameAndHeader) {
  std::set<std::string> seen;
  for (const Symbol& one : symbols) {
    EXPECT_TRUE(seen.insert(one.theirs).second) << one.theirs;
    EXPECT_NE(std::string(one.ours), "") << one.theirs;
    const std::string header = std::string(ENTENTE_SOURCE_DIR) + "/include/entente/" + one.header;
    EXPECT_TRUE(std::filesystem::exists(header)) << header;
  }
  EXPECT_GT(seen.size(), 100u);
}

}  // namespace
}  // namespace entente
