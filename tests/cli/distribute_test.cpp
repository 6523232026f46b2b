// SPDX-License-Identifier: MIT
// entente distribute, and `solve -d` with methods.
#include "cli/program.hpp"

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

namespace entente::test {
namespace {

constexpr std::string_view chain = R"(name: chain
objective: min
domains: {d: {values: [0, 1]}}
variables: {v1: {domain: d}, v2: {domain: d}, v3: {domain: d}, "on": {domain: d}}
constraints:
  c1: {type: intention, function: v1 + v2}
  c2: {type: extensional, variables: [v2, v3], default: 1, values: {0: 0 0}}
  c3: {type: extensional, variables: [v3, "on"], default: 1, values: {0: 0 0}}
agents: {a1: {capacity: 3}, a2: {capacity: 4}}
)";

TEST(Distribute, what_it_prints_is_what_solve_reads) {
  const Folder folder;
  const std::string problem = folder.write("p.yaml", chain), hosts = folder.path("d.yaml");
  for (const std::string method : {"adhoc", "heur_comhost", "gh_cgdp", "gh_secp_cgdp", "oilp_cgdp", "ilp_compref",
                                   "oilp_secp_cgdp", "partition"}) {
    const Finished placed =
        entente({"--output", hosts, "distribute", "-g", "constraints_hypergraph", "-d", method, problem});
    ASSERT_EQ(placed.code, 0) << method << placed.err;
    EXPECT_HAS(placed.out, "status: SUCCESS");
    EXPECT_HAS(placed.out, "\"on\"");
    EXPECT_HAS(placed.out, "hosting_cost: 0\n");
    for (const std::string& way : {hosts, method}) {
      const Finished solved = entente({"solve", "-a", "dsa", "--stop_cycle", "3", "-d", way, problem});
      EXPECT_EQ(solved.code, 0) << way << solved.err;
    }
    const Finished cost = entente({"distribute", "-a", "dsa", "-d", hosts, "--cost", "oilp_cgdp", problem});
    EXPECT_EQ(cost.code, 0) << cost.err;
    const auto from = [](const std::string& text) { return text.substr(text.find("\ncost: "), 12); };
    EXPECT_EQ(from(cost.out), from(placed.out)) << method;
  }
}

TEST(Distribute, least_cost_cuts_the_chain_once) {
  const Folder folder;
  const Finished placed = entente({"distribute", "-a", "dsa", "-d", "ilp_compref", folder.write("p.yaml", chain)});
  EXPECT_HAS(placed.out, "  a1: [v1, v2]\n  a2: [v3, \"on\"]\ncost: 0.8\ncommunication_cost: 1\n");
  EXPECT_HAS(placed.out, "proven: true");
}

TEST(Distribute, says_why_there_is_no_placement) {
  const Folder folder;
  std::string tight(chain);
  tight.replace(tight.find("capacity: 3"), 11, "capacity: 1");
  const std::string problem = folder.write("p.yaml", tight);
  const Finished placed = entente({"distribute", "-g", "constraints_hypergraph", "-d", "adhoc", problem});
  EXPECT_EQ(placed.code, 1);
  EXPECT_HAS(placed.out, "status: FAIL");
  EXPECT_HAS(placed.out, "need 6 of capacity");
  EXPECT_EQ(entente({"solve", "-d", "adhoc", "-a", "dsa", "--stop_cycle", "2", problem}).code, 2);
  const Finished solved = entente({"solve", "-a", "dsa", "--stop_cycle", "2", problem});
  EXPECT_EQ(solved.code, 0);
  EXPECT_HAS(solved.err, "dealt out in turn");
}

TEST(Distribute, solve_places_within_capacities_by_itself_and_says_so) {
  const Folder folder;
  const Finished solved = entente({"solve", "-a", "dsa", "--stop_cycle", "2", folder.write("p.yaml", chain)});
  EXPECT_EQ(solved.code, 0);
  EXPECT_HAS(solved.err, "2 agents for 4 computations: placed by adhoc");
}

TEST(Distribute, wrong_use_is_explained) {
  const Folder folder;
  const std::string problem = folder.write("p.yaml", chain);
  EXPECT_HAS(entente({"distribute", "-d", "adhoc", problem}).err, "give --graph, or --algo");
  EXPECT_HAS(entente({"distribute", "-g", "factor_graph", problem}).err, "--distribution is missing");
  EXPECT_HAS(entente({"distribute", "-g", "factor_graph", "-d", "adhok", problem}).err, "did you mean 'adhoc'");
  EXPECT_HAS(entente({"distribute", "-g", "factor_graph", "-a", "dsa", "-d", "adhoc", problem}).err, "leave one of");
  EXPECT_HAS(entente({"distribute", "-a", "dsa", "-d", "ilp_fgdp", problem}).err, "places on the factor_graph");
}

}  // namespace
}  // namespace entente::test
