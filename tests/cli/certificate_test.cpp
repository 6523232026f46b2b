// SPDX-License-Identifier: MIT
// entente verify --certificate: true certificates pass; whatever is changed in one does not.
#include <functional>

#include "cli/program.hpp"

namespace entente::test {
namespace {

// Two odd rings with a constraint between them that can be kept, and a wish of one variable.
constexpr std::string_view rings = R"(name: rings
objective: min
domains: {d: {values: [0, 1]}}
variables:
  {a: {domain: d}, b: {domain: d}, c: {domain: d, cost_function: 5 - 2 * c}, e: {domain: d}, f: {domain: d}, g: {domain: d}}
constraints:
  ab: {type: intention, function: 3 if a == b else 1}
  bc: {type: intention, function: 3 if b == c else 1}
  ca: {type: intention, function: 3 if c == a else 1}
  ce: {type: intention, function: 1 if c == e else 0}
  ef: {type: intention, function: 4 if e == f else 0}
  fg: {type: intention, function: 4 if f == g else 0}
  ge: {type: intention, function: 4 if g == e else 0}
)";

struct Case {
  Folder folder;
  std::string problem = folder.write("p.yaml", rings);
  nlohmann::json result = entente({"solve", "-a", "optapo", "-p", "claim:minimal", problem}).json();

  Finished verify(const std::function<void(nlohmann::json&)>& change = {}) {
    nlohmann::json changed = result;
    if (change) change(changed);
    return entente({"verify", "--certificate", problem, folder.write("r.json", changed.dump())});
  }
  /// Expects a refusal that says `what`.
  void refused(const std::string& what, const std::function<void(nlohmann::json&)>& change) {
    const Finished end = verify(change);
    EXPECT_EQ(end.code, 1) << end.out << end.err;
    EXPECT_NE(end.out.find(what), std::string::npos) << end.out;
  }
};

TEST(Certificate, a_true_one_passes_and_proves_the_optimum) {
  Case one;
  EXPECT_EQ(one.result["certificate"]["groups"].size(), 2u) << one.result["certificate"];
  const Finished end = one.verify();
  EXPECT_EQ(end.code, 0) << end.out << end.err;
  EXPECT_EQ(end.json()["proven"], 12.0);  // 3 + 3 (the wish) at best, 2 and 4 for the rings
  EXPECT_EQ(end.json()["optimal"], true);
}

TEST(Certificate, one_that_claims_too_much_is_refused) {
  Case one;
  one.refused("need exceed it by", [](auto& r) {
    r["certificate"]["groups"][0]["excess"] = 3.0;
    r["certificate"]["bound"] = 13.0;
  });
  one.refused("add up to", [](auto& r) { r["certificate"]["bound"] = 13.0; });
  one.refused("'best' is 7", [](auto& r) { r["certificate"]["best"] = 7.0; });
  one.refused("the result's bound is", [](auto& r) { r["bound"] = 12.5; });
}

TEST(Certificate, one_whose_groups_are_not_what_they_were_is_refused) {
  Case one;
  one.refused("need exceed it by 0", [](auto& r) { r["certificate"]["groups"][0]["variables"].erase(0); });
  one.refused("both count constraint", [](auto& r) {
    auto& groups = r["certificate"]["groups"];
    groups.push_back(groups[0]);
  });
  one.refused("different variables", [](auto& r) { r["certificate"]["groups"][0]["variables"] = {"a", "a", "b"}; });
  one.refused("different variables",
              [](auto& r) { r["certificate"]["groups"][0]["variables"] = nlohmann::json::array(); });
}

TEST(Certificate, one_that_proves_less_is_no_proof_of_an_optimum) {
  Case one;
  const Finished end = one.verify([](auto& r) {
    r["certificate"]["groups"].erase(0);
    r["certificate"]["bound"] = r["certificate"]["bound"].template get<double>() - 2;
    r["bound"] = nullptr;
  });
  EXPECT_EQ(end.code, 0) << end.out;
  EXPECT_EQ(end.json()["optimal"], false);
  EXPECT_EQ(end.json()["proven"], 10.0);
}

TEST(Certificate, malformed_ones_are_unusable_input) {
  Case one;
  EXPECT_EQ(one.verify([](auto& r) { r.erase("certificate"); }).code, 2);
  EXPECT_EQ(one.verify([](auto& r) { r["certificate"] = 5; }).code, 2);
  EXPECT_EQ(one.verify([](auto& r) { r["certificate"]["groups"] = "none"; }).code, 2);
  EXPECT_EQ(one.verify([](auto& r) { r["certificate"]["groups"][0] = 1; }).code, 2);
  EXPECT_EQ(one.verify([](auto& r) { r["certificate"]["groups"][0]["excess"] = "2"; }).code, 2);
  EXPECT_EQ(one.verify([](auto& r) { r["certificate"].erase("best"); }).code, 2);
  const Finished foreign = one.verify([](auto& r) { r["certificate"]["groups"][0]["variables"][0] = "zz"; });
  EXPECT_EQ(foreign.code, 2);
  EXPECT_NE(foreign.err.find("zz"), std::string::npos) << foreign.err;
}

TEST(Certificate, may_stand_in_a_file_of_its_own) {
  Case one;
  const std::string apart = one.folder.write("certificate.json", one.result["certificate"].dump());
  nlohmann::json without = one.result;
  without.erase("certificate");
  const std::string result = one.folder.write("r.json", without.dump());
  const Finished end = entente({"verify", "--certificate_file", apart, one.problem, result});
  EXPECT_EQ(end.code, 0) << end.out << end.err;
  EXPECT_EQ(end.json()["optimal"], true);
}

TEST(Certificate, proves_that_a_problem_has_no_solution) {
  const Folder folder;
  const std::string problem = folder.write("p.yaml", R"(name: none
objective: min
domains: {d: {values: [0, 1]}}
variables: {a: {domain: d}, b: {domain: d}, c: {domain: d}}
constraints:
  ab: {type: intention, function: float('inf') if a == b else 0}
  bc: {type: intention, function: float('inf') if b == c else 0}
  ca: {type: intention, function: float('inf') if c == a else 0}
)");
  const Finished solved = entente({"solve", "-a", "apo", problem});
  EXPECT_EQ(solved.json()["status"], "INFEASIBLE");
  const Finished end = entente({"verify", "--certificate", problem, folder.write("r.json", solved.out)});
  EXPECT_EQ(end.code, 0) << end.out << end.err;
  EXPECT_EQ(end.json()["proven"], "infeasible");
}

}  // namespace
}  // namespace entente::test
