// SPDX-License-Identifier: MIT
// entente verify: honest results pass, every kind of wrong one does not.
#include "cli/program.hpp"

namespace entente::test {
namespace {

struct Case {
  Folder folder;
  std::string problem = folder.write("p.yaml", two_colours);

  Finished verify(std::string_view result, const Words& more = {}) const {
    Words words{"verify", problem, folder.write("r.json", result)};
    words.insert(words.end(), more.begin(), more.end());
    return entente(words);
  }
};

TEST(Verify, an_honest_result_passes) {
  const Case one;
  const Finished end = one.verify(R"({"assignment": {"v1": "R", "v2": "G"}, "cost": -0.1, "violation": 0})");
  EXPECT_EQ(end.code, 0) << end.out << end.err;
  EXPECT_EQ(end.json()["ok"], true);
  EXPECT_EQ(end.json()["cost"], -0.1);
  EXPECT_EQ(end.json()["claimed"]["cost"], -0.1);
}

TEST(Verify, a_result_that_claims_nothing_is_only_evaluated) {
  const Case one;
  const Finished end = one.verify(R"({"assignment": {"v1": "G", "v2": "G"}})");
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_DOUBLE_EQ(end.json()["cost"], 10.1);
}

TEST(Verify, wrong_claims_do_not_pass) {
  const Case one;
  EXPECT_EQ(one.verify(R"({"assignment": {"v1": "R", "v2": "G"}, "cost": -0.10001})").code, 1);
  EXPECT_EQ(one.verify(R"({"assignment": {"v1": "R", "v2": "G"}, "cost": -0.1, "violation": 1})").code, 1);
  EXPECT_EQ(one.verify(R"({"assignment": {"v1": "G", "v2": "G"}, "cost": -0.1})").code, 1);
}

TEST(Verify, incomplete_or_foreign_assignments_do_not_pass) {
  const Case one;
  const Finished missing = one.verify(R"({"assignment": {"v1": "R"}, "cost": -0.1})");
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.json()["missing"][0], "v2");
  EXPECT_TRUE(missing.json()["cost"].is_null());
  const Finished unknown = one.verify(R"({"assignment": {"v1": "R", "v2": "G", "v3": "R"}})");
  EXPECT_EQ(unknown.code, 1);
  EXPECT_EQ(unknown.json()["unknown"][0], "v3");
  EXPECT_EQ(one.verify(R"({"assignment": {"v1": "R", "v2": "blue"}})").code, 1);
  EXPECT_EQ(one.verify(R"({"assignment": {"v1": "R", "v2": null}})").code, 1);
  EXPECT_EQ(one.verify(R"({"assignment": {}})").code, 1);
}

TEST(Verify, hard_constraints_are_counted_apart) {
  const Case one;
  const Finished end =
      one.verify(R"({"assignment": {"v1": "G", "v2": "G"}, "cost": 0.1, "violation": 1})", {"-i", "10"});
  EXPECT_EQ(end.code, 0) << end.out;
  EXPECT_EQ(end.json()["violation"], 1);
}

TEST(Verify, values_match_by_type_first_and_by_text_last) {
  const Folder folder;
  const std::string problem = folder.write("p.yaml", R"(name: v
objective: min
domains: {d: {values: [1, "1", 2.5]}}
variables: {x: {domain: d}}
constraints:
  c: {type: intention, function: "1 if x == 1 else 3 if x == '1' else 5"}
)");
  const std::vector<std::pair<std::string, double>> costs{{"1", 1},     {"1.0", 1}, {"true", 1},
                                                          {"\"1\"", 3}, {"2.5", 5}, {"\"2.5\"", 5}};
  for (const auto& [value, cost] : costs) {
    const Finished end =
        entente({"verify", problem, folder.write("r.json", R"({"assignment": {"x": )" + value + "}}")});
    EXPECT_EQ(end.code, 0) << value << end.out << end.err;
    EXPECT_EQ(end.json()["cost"], cost) << value;
  }
}

TEST(Verify, unusable_input_ends_with_2) {
  const Case one;
  EXPECT_EQ(one.verify("").code, 2);
  EXPECT_EQ(one.verify("[1, 2]").code, 2);
  EXPECT_EQ(one.verify(R"({"cost": 3})").code, 2);
  EXPECT_EQ(one.verify(R"({"assignment": 3})").code, 2);
  EXPECT_EQ(one.verify("{\"assignment\": {\"v1\": ").code, 2);
  EXPECT_EQ(one.verify(std::string(200000, '[')).code, 2);
  EXPECT_EQ(entente({"verify", one.problem}).code, 2);
  EXPECT_EQ(entente({"verify", one.problem, one.folder.path("none.json")}).code, 2);
  EXPECT_EQ(entente({"verify", one.problem, one.folder.path()}).code, 2);
}

TEST(Verify, the_result_may_come_through_a_pipe) {
  const Case one;
  const Finished end = shell("entente solve -a dpop '" + one.problem + "' | entente verify '" + one.problem + "' -");
  EXPECT_EQ(end.code, 0) << end.out << end.err;
}

}  // namespace
}  // namespace entente::test
