// SPDX-License-Identifier: MIT
// Schedule and resource problems are read from JSON and YAML as written, and what is wrong is named with its place.
#include <sstream>

#include "problem_testing.hpp"

namespace entente {
namespace {

CoordinationProblem parse_any(const std::string& text, std::vector<std::string>* warnings = nullptr) {
  ReadOptions options;
  if (warnings) options.warn = [warnings](const std::string& warning) { warnings->push_back(warning); };
  return parse_coordination_problem(text, "p.json", options);
}

constexpr const char* two_agents = R"({"format": "cohda", "version": 1, "T": 3, "target": [1.2, 2, 3],
  "weights": [1, 1, 2],
  "agents": [{"id": "a", "kind": "chp", "schedules": [[0, 1, 2], [1, 2, 3]]},
             {"id": "b", "schedules": [[0, 1, 2], [1, 2, 3]]}]})";

TEST(CoordinationFiles, ASelectionCostsItsWeightedDistanceFromTheTarget) {
  const auto problem = std::get<ScheduleProblem>(parse_any(two_agents));
  const std::vector<std::uint32_t> choice{0, 0};
  EXPECT_EQ(problem.aggregate(choice), (std::vector<double>{0, 2, 4}));
  EXPECT_DOUBLE_EQ(problem.cost(choice), 1.2 + 0 + 2 * 1);
  EXPECT_EQ(problem.agents[0].kind, "chp");
}

TEST(CoordinationFiles, YamlSaysTheSameAsJson) {
  const auto problem = std::get<ScheduleProblem>(
      parse_any("format: cohda\nversion: 1\ntarget: [1.2, 2, 3]\nweights: [1, 1, 2]\nagents:\n"
                "  - {id: a, schedules: [[0, 1, 2], [1, 2, 3]]}\n  - id: b\n    schedules:\n      - [0, 1, 2]\n      - "
                "[1, 2, 3]\n"));
  const std::vector<std::uint32_t> choice{1, 0};
  EXPECT_DOUBLE_EQ(problem.cost(choice), std::get<ScheduleProblem>(parse_any(two_agents)).cost(choice));
}

TEST(CoordinationFiles, WeightsAreOneWhereNoneAreGiven) {
  const auto problem = std::get<ScheduleProblem>(
      parse_any(R"({"format": "cohda", "target": [1, 2], "agents": [{"id": 7, "schedules": [[0, 0]]}]})"));
  EXPECT_EQ(problem.weights, (std::vector<double>{1, 1}));
  EXPECT_EQ(problem.agents[0].id, "7");
}

struct Wrong {
  const char* text;
  std::vector<std::string> parts;
};

TEST(CoordinationFiles, WhatIsWrongWithSchedulesIsNamedWithItsPlace) {
  const std::string head = R"({"format": "cohda", "version": 1, "T": 2,)";
  const Wrong cases[] = {
      {R"( "target": [1, 2], "agents": [{"id": "a", "schedules": [[1, 2], [3]]}]})",
       {"p.json:1:", "agents[0].schedules[1]", "'a'", "1 values; expected 2"}},
      {R"( "target": [1, 2], "agents": [{"id": "a", "schedules": []}]})", {"agents[0].schedules", "no schedule"}},
      {R"( "target": [1, 2], "agents": []})", {"p.json:1:", "agents", "at least one"}},
      {R"( "target": [1, 2], "agents": [{"id": "a", "schedules": [[1, 2]]}, {"id": "a", "schedules": [[1, 2]]}]})",
       {"agents[1].id", "another agent"}},
      {R"( "target": [1, 2], "weights": [1, -1], "agents": [{"id": "a", "schedules": [[1, 2]]}]})",
       {"weights[1]", "-1"}},
      {R"( "target": [1, NaN], "agents": [{"id": "a", "schedules": [[1, 2]]}]})",
       {"target", "NaN", "expected a number"}},
      {R"( "target": [1, .inf], "agents": [{"id": "a", "schedules": [[1, 2]]}]})", {"target[1]", "not finite"}},
      {R"( "target": [1, "2"], "agents": [{"id": "a", "schedules": [[1, 2]]}]})", {"target", "expected a number"}},
      {R"( "target": [1], "agents": [{"id": "a", "schedules": [[1]]}]})", {"T", "is 2", "1 steps"}},
      {R"( "target": 3, "agents": [{"id": "a", "schedules": [[1, 2]]}]})", {"target", "expected a list of numbers"}},
      {R"( "agents": [{"id": "a", "schedules": [[1, 2]]}]})", {"target", "missing"}},
      {R"( "target": [1, 2], "agents": [{"schedules": [[1, 2]]}]})", {"agents[0].id", "missing"}},
      {R"( "target": [1, 2], "agents": [3]})", {"agents[0]", "expected a map"}},
      {R"( "target": [1, 2], "links": [["a", "x"]], "agents": [{"id": "a", "schedules": [[1, 2]]}]})",
       {"links[0]", "expected the id of an agent"}},
      {R"( "target": [1, 2], "target": [1, 2], "agents": []})", {"p.json:1:", "target"}},
  };
  for (const Wrong& one : cases) expect_error([&] { parse_any(head + one.text); }, one.parts);
  expect_error([] { parse_any(R"({"format": "coda"})"); }, {"format", "cohda", "admm"});
  expect_error([] { parse_any(R"({"format": "cohda", "version": 2})"); }, {"version", "expected 1"});
  expect_error([] { parse_any("[]"); }, {"p.json:1", "expected a map"});
  expect_error([] { parse_any(""); }, {"p.json"});
}

TEST(CoordinationFiles, AMisspeltKeyIsWarnedOfWithTheNearestName) {
  std::vector<std::string> warnings;
  parse_any(R"({"format": "cohda", "target": [1], "weigths": [2], "agents": [{"id": "a", "schedules": [[1]]}]})",
            &warnings);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("weigths"), std::string::npos);
  EXPECT_NE(warnings[0].find("'weights'"), std::string::npos) << warnings[0];
}

constexpr const char* sharing = R"({"format": "admm", "version": 1, "kind": "sharing", "n": 2, "name": "s",
 "agents": [{"id": "g", "q": [2, 0], "c": [1, -1], "const": 3, "l1": 0.5, "lower": [0, null], "upper": [4, 4],
   "H": [[1, 1]], "y": [1], "Aeq": [[1, -1]], "beq": [0], "A": [[1, 0], [0, 1]], "b": [3, 3]},
  {"id": "h"}],
 "coupling": {"type": "target_l2", "target": [1, 2], "weights": [1, 3]}})";

TEST(CoordinationFiles, AResourceProblemCostsWhatItsFormulaSays) {
  const auto problem = std::get<ResourceProblem>(parse_any(sharing));
  const std::vector<double> x{2, 2, 0, -1};
  const double own = 0.5 * 2 * 4 + (2 - 2) + 3 + 0.5 * 4 + 0.5 * 9;
  EXPECT_DOUBLE_EQ(problem.cost(x), own + 1 * 1 + 3 * 1);
  EXPECT_DOUBLE_EQ(problem.violation(x), 0);
  EXPECT_DOUBLE_EQ(problem.violation(std::vector<double>{3.5, 3, 0, 0}), 0.5);
  EXPECT_EQ(problem.agents[0].lower[1], -HUGE_VAL);
}

TEST(CoordinationFiles, ANetworkIsViolatedByWhatItsLinesCannotCarry) {
  const auto problem = std::get<ResourceProblem>(parse_any(
      R"({"format": "admm", "kind": "network", "n": 1,
          "agents": [{"id": "a", "load": 0}, {"id": "b", "load": 6}, {"id": "c", "load": 0}],
          "coupling": {"lines": [[0, 1, 1, 3], [1, 2, 1, 9], [2, 0, 1, 9]]}})"));
  // Two thirds go the direct way, one third the way round.
  EXPECT_NEAR(problem.violation(std::vector<double>{6, 0, 0}), 1, 1e-12);
  EXPECT_NEAR(problem.violation(std::vector<double>{3, 0, 3}), 0, 1e-12);
  EXPECT_NEAR(problem.violation(std::vector<double>{5, 0, 0}), 1, 1e-9);  // one unit is missing
}

TEST(CoordinationFiles, WhatIsWrongWithResourcesIsNamedWithItsPlace) {
  const Wrong cases[] = {
      {R"("kind": "sharing", "n": 2, "agents": [{"id": "g", "q": [1]}], "coupling": {"type": "equality", "rhs": [1, 1]}})",
       {"agents[0].q", "1 entry; expected 2"}},
      {R"("kind": "sharing", "n": 1, "agents": [{"id": "g", "lower": [2], "upper": [1]}], "coupling": {"type": "equality", "rhs": [1]}})",
       {"agents[0].lower[0]", "'g'", "2", "1"}},
      {R"("kind": "sharing", "n": 1, "agents": [{"id": "g", "q": [-1]}], "coupling": {"type": "equality", "rhs": [1]}})",
       {"agents[0].q[0]", "not convex"}},
      {R"("kind": "sharing", "n": 1, "agents": [{"id": "g", "l1": -1}], "coupling": {"type": "equality", "rhs": [1]}})",
       {"agents[0].l1", "not convex"}},
      {R"("kind": "sharing", "n": 1, "agents": [{"id": "g", "Aeq": [[1, 2]], "beq": [1]}], "coupling": {"type": "equality", "rhs": [1]}})",
       {"agents[0].Aeq", "2 numbers; expected 1"}},
      {R"("kind": "sharing", "n": 1, "agents": [{"id": "g", "A": [[1], [2]], "b": [1]}], "coupling": {"type": "equality", "rhs": [1]}})",
       {"agents[0].b", "1 entry; expected 2"}},
      {R"("kind": "sharing", "n": 1, "agents": [{"id": "g"}], "coupling": {"type": "equalty", "rhs": [1]}})",
       {"coupling.type", "'equality'"}},
      {R"("kind": "sharing", "n": 1, "agents": [{"id": "g"}]})", {"coupling", "missing"}},
      {R"("kind": "shared", "n": 1, "agents": [{"id": "g"}]})", {"kind", "sharing, consensus, network"}},
      {R"("kind": "sharing", "n": 0, "agents": [{"id": "g"}], "coupling": {"type": "equality", "rhs": []}})",
       {"n", "1 or more"}},
      {R"("kind": "sharing", "n": 1e9, "agents": [{"id": "g"}], "coupling": {"type": "equality", "rhs": []}})",
       {"n", "limit"}},
      {R"("kind": "network", "n": 1, "agents": [{"id": "g"}], "coupling": {"lines": [[0, 1, 1, 1]]}})",
       {"coupling.lines[0]", "position of a bus"}},
      {R"("kind": "network", "n": 1, "agents": [{"id": "g"}, {"id": "h"}], "coupling": {"lines": [[0, 1, 0, 1]]}})",
       {"coupling.lines[0]", "reactance"}},
      {R"("kind": "network", "n": 2, "agents": [{"id": "g"}], "coupling": {"lines": []}})", {"n", "expected 1"}},
  };
  for (const Wrong& one : cases)
    expect_error([&] { parse_any(R"({"format": "admm", )" + std::string(one.text)); }, one.parts);
}

std::string written(const CoordinationProblem& problem) {
  std::ostringstream out;
  if (const auto* const schedules = std::get_if<ScheduleProblem>(&problem))
    write_schedule_problem(*schedules, out);
  else
    write_resource_problem(std::get<ResourceProblem>(problem), out);
  return out.str();
}

TEST(CoordinationFiles, WhatIsWrittenReadsBackTheSame) {
  const char* const linked = R"({"format": "cohda", "target": [0.1], "unit": "kW", "dt_hours": 0.25,
      "links": [["a\"1", "b"]], "agents": [{"id": "a\"1", "schedules": [[0.1]]}, {"id": "b", "schedules": [[1e-9]]}]})";
  const char* const network = R"({"format": "admm", "kind": "network", "n": 1,
      "agents": [{"id": "a", "load": 1}, {"id": "b"}], "coupling": {"lines": [[0, 1, 0.5, 3]]}})";
  const char* const consensus = R"({"format": "admm", "kind": "consensus", "n": 1, "agents": [{"id": "a", "q": [1]}],
      "coupling": {"l1": 2}})";
  for (const char* const text : {two_agents, linked, sharing, network, consensus}) {
    const std::string once = written(parse_any(text));
    EXPECT_EQ(written(parse_any(once)), once);
  }
}

class CsvTest : public testing::Test {
 protected:
  std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "entente_schedule_csv";
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
};

TEST_F(CsvTest, SchedulesMayLieInAFileBeside) {
  write("s.csv", "agent,00:00,12:00\n# night\na, 1, 2\nb;3;4\r\na,+5,6e0\n\n");
  const auto problem = std::get<ScheduleProblem>(
      read_coordination_problem(write("p.yaml", "format: cohda\ntarget: [4, 6]\nschedules: s.csv\n")));
  ASSERT_EQ(problem.agents.size(), 2u);
  EXPECT_EQ(problem.agents[0].count, 2u);
  EXPECT_EQ(problem.cost(std::vector<std::uint32_t>{0, 0}), 0);
  EXPECT_EQ(problem.agents[0].schedules, (std::vector<double>{1, 2, 5, 6}));
}

TEST_F(CsvTest, ARowThatDoesNotFitIsNamedWithItsLine) {
  const std::string file = write("p.json", R"({"format": "cohda", "target": [4, 6], "schedules": "s.csv"})");
  for (const auto& [row, part] : {std::pair("a,1", "1 numbers; expected 2"), std::pair("a,1,x", "'x'"),
                                  std::pair("a,1,nan", "'nan'"), std::pair(",1,2", "no agent")}) {
    write("s.csv", std::string("b,1,2\n") + row + "\n");
    expect_error([&] { read_coordination_problem(file); }, {"s.csv:2", part});
  }
  std::filesystem::remove(folder / "s.csv");
  expect_error([&] { read_coordination_problem(file); }, {"s.csv", "No such file"});
}

TEST_F(CsvTest, AFileTellsItsFamilyByItsFirstLines) {
  EXPECT_TRUE(is_coordination_problem(write("a.json", "{}")));
  EXPECT_TRUE(is_coordination_problem(write("a.yaml", "# plant\nformat: cohda\n")));
  EXPECT_TRUE(is_coordination_problem(write("b.yaml", "{\"format\": \"admm\"}")));
  EXPECT_FALSE(is_coordination_problem(write("c.yaml", small_problem("  c: {type: intention, function: x + y}\n"))));
  EXPECT_FALSE(is_coordination_problem(write("d.wcsp", "format: cohda")));
  EXPECT_FALSE(is_coordination_problem("-"));
}

}  // namespace
}  // namespace entente
