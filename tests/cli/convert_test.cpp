// SPDX-License-Identifier: MIT
// entente convert, and the other commands on its formats.
#include "cli/program.hpp"

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

namespace entente::test {
namespace {

constexpr std::string_view triangle =
    "triangle 3 2 4 50\n2 2 2\n-2 0 1 0 2\n0 0 9\n1 1 9\n2 1 2 0 -1\n2 0 2 0 -1\n1 0 0 1\n1 3\n";

TEST(Convert, all_formats_say_the_same_problem) {
  const Folder folder;
  const std::string wcsp = folder.write("p.wcsp", triangle);
  for (const std::string name :
       {"p.yaml", "p.cfn", "p.uai", "q.wcsp", "p.yml.gz", "p.cfn.xz", "p.uai.zst", "q.wcsp.gz"}) {
    const std::string file = folder.path(name);
    const Finished made = entente({"convert", wcsp, file});
    ASSERT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(made.out, "");
    const Finished solved = entente({"solve", "-a", "dpop", file});
    EXPECT_EQ(solved.code, 0) << name << solved.err;
    EXPECT_NEAR(solved.json()["cost"].get<double>(), 9, 1e-9) << name;
    EXPECT_EQ(solved.json()["assignment"]["x0"], 0) << name;
    const Finished verified = entente({"verify", wcsp, folder.write("r.json", solved.out)});
    EXPECT_EQ(verified.code, 0) << name << verified.out;
  }
  const Finished printed = entente({"convert", wcsp, "-"});
  EXPECT_HAS(printed.out, "objective: min");
}

TEST(Convert, what_a_format_cannot_hold_is_said_or_refused) {
  const Folder folder;
  const std::string yaml = folder.write("p.yaml", two_colours), wcsp = folder.path("p.wcsp");
  const Finished refused = entente({"convert", yaml, wcsp});
  EXPECT_EQ(refused.code, 2);
  EXPECT_HAS(refused.err, "is no whole number");
  EXPECT_HAS(refused.err, "--precision");
  EXPECT_FALSE(std::filesystem::exists(wcsp));
  const Finished scaled = entente({"convert", "--precision", "1", yaml, wcsp});
  EXPECT_EQ(scaled.code, 0) << scaled.err;
  EXPECT_HAS(scaled.err, "WCSP holds no names");
  EXPECT_HAS(scaled.err, "the costs in the file are 10 * cost + 1");
}

TEST(Convert, wrong_use_is_explained) {
  const Folder folder;
  const std::string file = folder.write("p.wcsp", triangle);
  EXPECT_HAS(entente({"convert", file}).err, "a problem file and the file to write");
  EXPECT_HAS(entente({"convert", file, file}).err, "both read and written");
  EXPECT_HAS(entente({"convert", file, folder.path("p.txt")}).err, ".txt is not known; known are .yaml");
  EXPECT_HAS(entente({"convert", "--precision", "99", file, folder.path("p.cfn")}).err, "--precision");
  EXPECT_HAS(entente({"--output", "x", "convert", file, folder.path("p.cfn")}).err, "writes to its last FILE");
  EXPECT_HAS(entente({"solve", file, folder.write("p.yaml", two_colours)}).err, "only YAML problems");
  EXPECT_HAS(entente({"solve", "--ext", "a=1", file}).err, "external variables belong to YAML");
  EXPECT_HAS(entente({"solve", "--evidence", "x", file}).err, "evidence belongs to UAI");
}

TEST(Limits, an_answer_that_is_not_below_the_top_is_no_answer) {
  const Folder folder;
  // Every assignment costs at least 9.
  const std::string nine =
      folder.write("nine.wcsp", "t 3 2 4 9\n2 2 2\n-2 0 1 0 2\n0 0 8\n1 1 8\n2 1 2 0 -1\n2 0 2 0 -1\n0 1 0\n");
  const Finished proven = entente({"solve", "-a", "dpop", nine});
  EXPECT_EQ(proven.code, 1);
  EXPECT_EQ(proven.json()["status"], "INFEASIBLE");
  const Finished searched = entente({"solve", "-a", "dsa", "--stop_cycle", "20", nine});
  EXPECT_EQ(searched.json()["violation"], 1) << searched.out;
  const Finished verified =
      entente({"verify", nine,
               folder.write("r.json", R"({"assignment": {"x0": 0, "x1": 0, "x2": 1}, "cost": 9, "violation": 0})")});
  EXPECT_EQ(verified.code, 1);
  EXPECT_EQ(verified.json()["violation"], 1);
  const std::string ten =
      folder.write("ten.wcsp", "t 3 2 4 10\n2 2 2\n-2 0 1 0 2\n0 0 8\n1 1 8\n2 1 2 0 -1\n2 0 2 0 -1\n0 1 0\n");
  EXPECT_EQ(entente({"solve", "-a", "dpop", ten}).json()["cost"], 9);
}

TEST(Evidence, observed_variables_are_part_of_the_answer) {
  const Finished beside = entente({"solve", "-a", "dpop", example("burglary.uai")});
  EXPECT_EQ(beside.code, 0) << beside.err;
  EXPECT_EQ(beside.json()["assignment"]["x3"], 1);
  EXPECT_EQ(beside.json()["assignment"]["x4"], 1);
  const Finished none = entente({"solve", "-a", "dpop", "--evidence", "none", example("burglary.uai")});
  EXPECT_EQ(none.json()["assignment"]["x3"], 0);
  EXPECT_LT(none.json()["cost"].get<double>(), beside.json()["cost"].get<double>());
}

}  // namespace
}  // namespace entente::test
