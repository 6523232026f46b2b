// SPDX-License-Identifier: MIT
// entente solve --stream: JSON lines while solving, the result at the end.
#include "cli/program.hpp"

namespace entente::test {
namespace {

std::vector<nlohmann::json> lines_of(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(nlohmann::json::parse(line, nullptr, false));
    EXPECT_FALSE(lines.back().is_discarded()) << line;
  }
  return lines;
}

/// A result without what differs from run to run.
nlohmann::json timeless(nlohmann::json result) {
  result.erase("time");
  for (auto& agent : result["agt_metrics"]) agent.erase("activity_ratio");
  return result;
}

TEST(Stream, prints_a_row_for_each_cycle_and_the_result_last) {
  const Folder folder;
  const Words words{"solve", "-a", "dsa", "--stop_cycle", "12", folder.write("p.yaml", restless())};
  const Finished plain = entente(words);
  Words streaming = words;
  streaming.emplace_back("--stream");
  const Finished end = entente(streaming);
  ASSERT_EQ(end.code, 0) << end.err;
  auto lines = lines_of(end.out);
  ASSERT_EQ(lines.size(), 13u) << end.out;
  double best = 1e300, time = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const nlohmann::json& row = lines[i];
    EXPECT_EQ(row["type"], "progress");
    EXPECT_EQ(row["cycle"], i + 1);
    EXPECT_LE(row["best_cost"], best);
    EXPECT_GE(row["cost"], row["best_cost"]);
    EXPECT_GE(row["time"], time);
    best = row["best_cost"], time = row["time"];
    for (const char* key : {"violation", "best_violation", "msg_count", "msg_size"}) EXPECT_TRUE(row.contains(key));
    ASSERT_TRUE(row.contains("bound")) << "DSA proves nothing, but somebody does";
    EXPECT_LE(row["bound"].get<double>(), row["cost"].get<double>());
  }
  EXPECT_EQ(lines[11]["msg_count"], lines[12]["msg_count"]);
  EXPECT_EQ(lines[11]["best_cost"], lines[12]["cost"]);
  EXPECT_EQ(lines[12]["type"], "result");
  lines[12].erase("type");
  EXPECT_EQ(timeless(lines[12]), timeless(plain.json()));
}

TEST(Stream, output_gets_the_plain_result) {
  const Folder folder;
  const Finished end =
      entente({"--output", folder.path("r.json"), "solve", "-a", "mgm", "--stream", example("smart_lights.yaml")});
  ASSERT_EQ(end.code, 0) << end.err;
  const std::string text = folder.read("r.json");
  const auto result = nlohmann::json::parse(text);
  EXPECT_EQ(text, result.dump(2) + "\n");
  EXPECT_FALSE(result.contains("type"));
  EXPECT_EQ(result["cost"], lines_of(end.out).back()["cost"]);
}

TEST(Stream, follows_collect_on_beside_a_metrics_file) {
  const Folder folder;
  const Finished end = entente({"solve", "-a", "mgm", "--stop_cycle", "50", "--stream", "-c", "value_change",
                                "--run_metrics", folder.path("m.csv"), folder.write("p.yaml", restless())});
  ASSERT_EQ(end.code, 0) << end.err;
  std::istringstream rows(folder.read("m.csv"));
  std::size_t count = 0;
  for (std::string row; std::getline(rows, row);) ++count;
  EXPECT_EQ(count, lines_of(end.out).size() + 1) << "a header, the same rows, and the end";
  EXPECT_LT(count, 40u);
  EXPECT_GT(count, 3u);
}

TEST(Stream, complete_searches_tell_each_better_assignment) {
  for (const char* algorithm : {"syncbb", "ncbb"}) {
    const Finished end = entente({"solve", "-a", algorithm, "--stream", example("smart_lights.yaml")});
    ASSERT_EQ(end.code, 0) << end.err;
    const auto lines = lines_of(end.out);
    ASSERT_GE(lines.size(), 3u) << end.out;
    for (std::size_t i = 1; i + 1 < lines.size(); ++i)
      EXPECT_LT(lines[i]["best_cost"], lines[i - 1]["best_cost"]) << algorithm;
    EXPECT_EQ(lines[lines.size() - 2]["best_cost"], lines.back()["cost"]) << algorithm;
  }
}

TEST(Stream, bounds_come_with_the_rows) {
  const Finished end = entente({"solve", "-a", "adopt", "--stream", example("smart_lights.yaml")});
  ASSERT_EQ(end.code, 0) << end.err;
  const auto lines = lines_of(end.out);
  std::size_t with_bound = 0;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (!lines[i].contains("bound")) continue;
    ++with_bound;
    EXPECT_LE(lines[i]["bound"], lines.back()["cost"].get<double>() + 1e-9);
  }
  EXPECT_GT(with_bound, 0u) << end.out;
}

TEST(Stream, algorithms_that_decide_once_have_a_result_only) {
  const auto lines = lines_of(entente({"solve", "-a", "dpop", "--stream", example("smart_lights.yaml")}).out);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["type"], "result");
}

TEST(Stream, a_reader_that_has_seen_enough_ends_the_run_quietly) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", restless());
  // Without a limit DSA never ends here: each line comes at once, or `head` would wait for ever.
  const Finished end = shell("entente solve -a dsa --stream '" + file + "' 2>'" + folder.path("err") +
                             "' | head -n 3; echo ${PIPESTATUS[0]}");
  std::istringstream text(end.out);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 4u) << end.out;
  EXPECT_EQ(nlohmann::json::parse(lines[2])["cycle"], 3);
  EXPECT_EQ(lines[3], "0");
  EXPECT_LT(end.seconds, 20);
  EXPECT_EQ(folder.read("err").find("rror"), std::string::npos) << folder.read("err");
}

TEST(Stream, a_run_whose_result_goes_to_a_file_goes_on_without_a_reader) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", restless());
  shell("entente --output '" + folder.path("r.json") + "' solve -a dsa --stop_cycle 2000 --stream '" + file +
        "' 2>/dev/null | head -n 1");
  // The pipe's other end may still be writing the file when `head` is gone; bash waits for both.
  EXPECT_EQ(nlohmann::json::parse(folder.read("r.json"))["cycle"], 2000);
}

}  // namespace
}  // namespace entente::test
