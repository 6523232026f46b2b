// SPDX-License-Identifier: MIT
// The CSV files of --run_metrics and --end_metrics.
#include "cli/program.hpp"

namespace entente::test {
namespace {

std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

const std::vector<std::string> time_first{"time", "cycle", "cost", "violation", "msg_count", "msg_size", "status"};
const std::vector<std::string> cycle_first{"cycle", "time", "cost", "violation", "msg_count", "msg_size", "status"};

TEST(Metrics, cycle_change_writes_one_row_a_cycle_and_a_last_one) {
  const Folder folder;
  folder.write("m.csv", "old text that has to go, and a lot of it, so that what remains of it would be seen");
  const Finished end = entente({"solve", "-a", "mgm", "--stop_cycle", "9", "-c", "cycle_change", "--run_metrics",
                                folder.path("m.csv"), example("smart_lights.yaml")});
  ASSERT_EQ(end.code, 0) << end.err;
  const auto rows = read_csv(folder.read("m.csv"));
  ASSERT_GE(rows.size(), 4u) << folder.read("m.csv");
  EXPECT_EQ(rows[0], cycle_first);
  double before = 1e300;
  for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 7u);
    EXPECT_EQ(rows[i][6], "RUNNING");
    EXPECT_LE(std::stod(rows[i][2]), before) << "MGM's cost never rises";
    before = std::stod(rows[i][2]);
    EXPECT_TRUE(i == 1 || std::stoi(rows[i][0]) == std::stoi(rows[i - 1][0]) + 1) << i;
  }
  EXPECT_EQ(rows.back()[6], end.json()["status"]);
  EXPECT_EQ(std::stod(rows.back()[2]), end.json()["cost"]);
  EXPECT_EQ(std::stoi(rows.back()[0]), end.json()["cycle"]);
}

TEST(Metrics, value_change_writes_a_row_only_when_something_changed) {
  const Folder folder;
  const Finished end = entente({"solve", "-a", "mgm", "--stop_cycle", "50", "-c", "value_change", "--run_metrics",
                                folder.path("m.csv"), example("smart_lights.yaml")});
  ASSERT_EQ(end.code, 0) << end.err;
  const auto rows = read_csv(folder.read("m.csv"));
  EXPECT_EQ(rows[0], time_first);
  EXPECT_GE(rows.size(), 2u);
  EXPECT_LT(rows.size(), 50u) << "MGM settles long before";
}

TEST(Metrics, period_writes_rows_at_the_pace_asked_for) {
  const Folder folder;
  const Finished end = entente({"solve", "-t", "1", "-a", "dsa", "-c", "period", "--period", "0.1", "--run_metrics",
                                folder.path("m.csv"), folder.write("p.yaml", restless())});
  ASSERT_EQ(end.code, 0) << end.err;
  const auto rows = read_csv(folder.read("m.csv"));
  EXPECT_EQ(rows[0], time_first);
  EXPECT_GE(rows.size(), 4u);
  EXPECT_LE(rows.size(), 14u);
}

TEST(Metrics, algorithms_that_act_in_turns_have_a_row_for_each_turn) {
  const Folder folder;
  const Finished end = entente({"solve", "-a", "adsa", "--stop_cycle", "20", "-c", "cycle_change", "--run_metrics",
                                folder.path("m.csv"), folder.write("p.yaml", restless())});
  ASSERT_EQ(end.code, 0) << end.err;
  const auto rows = read_csv(folder.read("m.csv"));
  EXPECT_EQ(rows[0], cycle_first);
  ASSERT_EQ(rows.size(), 22u) << folder.read("m.csv");
  for (std::size_t i = 1; i <= 20; ++i) EXPECT_EQ(std::stoul(rows[i][0]), i);
  EXPECT_EQ(rows[21][6], "FINISHED");
  EXPECT_EQ(rows[20][4], rows[21][4]) << "all messages are in the last row";
}

TEST(Metrics, searches_without_cycles_have_rows_as_they_get_better) {
  const Folder folder;
  for (const char* when : {"cycle_change", "value_change"}) {
    const Finished end = entente(
        {"solve", "-a", "syncbb", "-c", when, "--run_metrics", folder.path("m.csv"), example("smart_lights.yaml")});
    ASSERT_EQ(end.code, 0) << end.err;
    const auto rows = read_csv(folder.read("m.csv"));
    ASSERT_GE(rows.size(), 4u) << when << folder.read("m.csv");
    EXPECT_LT(std::stod(rows.back()[2]), std::stod(rows[1][2])) << when;
    EXPECT_EQ(rows.back()[6], "FINISHED");
  }
}

TEST(Metrics, end_metrics_appends_one_row_a_run_below_one_header) {
  const Folder folder;
  for (int i = 0; i < 3; ++i) {
    const Finished end = entente({"solve", "-a", "dsa", "--stop_cycle", "4", "--end_metrics", folder.path("m.csv"),
                                  folder.write("p.yaml", restless())});
    ASSERT_EQ(end.code, 0) << end.err;
  }
  const auto rows = read_csv(folder.read("m.csv"));
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0], time_first);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_EQ(rows[i][1], "4");
}

TEST(Metrics, an_infeasible_problem_leaves_a_row_that_says_so) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", R"(name: impossible
objective: min
domains: {d: {values: [0, 1]}}
variables: {x: {domain: d}}
constraints:
  never: {type: extensional, variables: [x], values: {.inf: 0 | 1}}
  price: {type: extensional, variables: [x], values: {3: 0 | 1}}
)");
  const Finished end = entente({"solve", "-a", "dpop", "--end_metrics", folder.path("m.csv"), file});
  EXPECT_EQ(end.code, 1) << end.err;
  EXPECT_EQ(end.json()["status"], "INFEASIBLE");
  EXPECT_TRUE(end.json()["bound"].is_null());
  EXPECT_TRUE(end.json()["gap"].is_null());
  const auto rows = read_csv(folder.read("m.csv"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1][6], "INFEASIBLE");
  // What is reported without being feasible is reported honestly: the price, and one violation.
  if (end.json()["assignment"].size() == 1) {
    EXPECT_EQ(end.json()["cost"], 3);
    EXPECT_EQ(end.json()["violation"], 1);
    EXPECT_EQ(rows[1][3], "1");
  } else {
    EXPECT_TRUE(end.json()["cost"].is_null());
    EXPECT_EQ(rows[1][2], "");
  }
}

}  // namespace
}  // namespace entente::test
