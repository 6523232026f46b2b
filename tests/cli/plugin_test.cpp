// SPDX-License-Identifier: MIT
// Algorithms from shared objects: which run, and what is said of those that cannot.
#include "cli/program.hpp"

namespace entente::test {
namespace {

std::string plugin(const std::string& name) { return ENTENTE_BINARY_DIR "/tests/" + name + ".so"; }

Finished solve_with(const std::string& algorithm) {
  return entente({"solve", "--stop_cycle", "30", "--seed", "5", "-a", algorithm, example("map_coloring.yaml")});
}

void expect_refusal(const std::string& path, const Words& parts) {
  const Finished end = solve_with(path);
  EXPECT_EQ(end.code, 2) << path;
  EXPECT_TRUE(end.out.empty());
  EXPECT_NE(end.err.find(path), std::string::npos) << end.err;
  for (const std::string& part : parts) EXPECT_NE(end.err.find(part), std::string::npos) << part << " in: " << end.err;
}

TEST(Plugin, runs_as_the_same_algorithm_does_when_it_is_built_in) {
  const Finished outside = solve_with(plugin("my_dsa")), inside = solve_with("dsa");
  ASSERT_EQ(outside.code, 0) << outside.err;
  EXPECT_EQ(outside.json()["assignment"], inside.json()["assignment"]);
  EXPECT_EQ(outside.json()["msg_count"], inside.json()["msg_count"]);
  EXPECT_EQ(outside.json()["cycle"], inside.json()["cycle"]);
}

TEST(Plugin, takes_parameters_and_refuses_those_outside_their_range) {
  const Words words{"solve", "-a", plugin("my_dsa"), example("map_coloring.yaml"), "--stop_cycle", "5", "-p"};
  Words good = words, bad = words;
  good.push_back("variant:C");
  bad.push_back("probability:1.4");
  EXPECT_EQ(entente(good).code, 0);
  const Finished end = entente(bad);
  EXPECT_EQ(end.code, 2);
  EXPECT_NE(end.err.find("my_dsa.probability: '1.4' is not a number in [0, 1] (default 0.7)"), std::string::npos)
      << end.err;
}

TEST(Plugin, is_described_like_any_algorithm) {
  const Finished text = entente({"algorithms", plugin("my_dsa")});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("my_dsa: stochastic local search"), std::string::npos);
  EXPECT_NE(text.out.find("-a " + plugin("my_dsa")), std::string::npos) << "the example can be pasted";
  const auto json = entente({"algorithms", "--format", "json", plugin("my_dsa")}).json();
  EXPECT_EQ(json["name"], "my_dsa");
  EXPECT_EQ(json["parameters"][0]["name"], "probability");
}

TEST(Plugin, event_driven_ones_run_on_rows_and_by_the_clock) {
  const Finished relay = solve_with(plugin("my_relay")), patrol = solve_with(plugin("my_patrol"));
  ASSERT_EQ(relay.code, 0) << relay.err;
  EXPECT_EQ(relay.json()["msg_count"], 6);  // one for each state after the first
  EXPECT_EQ(relay.json()["bound"], 0);
  ASSERT_EQ(patrol.code, 0) << patrol.err;
  EXPECT_EQ(patrol.json()["cost"], 0);
}

TEST(Plugin, a_missing_file_or_one_of_another_kind_is_refused_by_name) {
  const Folder folder;
  expect_refusal("./there_is_none.so", {"does not exist", "entente_add_algorithm"});
  expect_refusal("there_is_none.so", {"does not exist"});
  expect_refusal(folder.path(), {"is not a file"});
  expect_refusal(folder.write("text.so", "name: x\n"), {"is not a shared object", "entente_add_algorithm"});
  expect_refusal(folder.write("empty.so", ""), {"is not a shared object"});
  expect_refusal(ENTENTE_PROGRAM, {"cannot be loaded", "entente_add_algorithm"});
}

TEST(Plugin, a_file_cut_short_anywhere_is_refused_and_never_mapped) {
  const Folder folder;
  std::ifstream file(plugin("my_dsa"), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  ASSERT_GT(whole.size(), 1000u);
  for (const std::size_t size : {std::size_t(17), std::size_t(63), std::size_t(100), whole.size() / 3}) {
    const std::string path = folder.write("cut.so", whole.substr(0, size));
    expect_refusal(path, {"cut short"});
  }
}

TEST(Plugin, one_of_another_version_or_compiler_is_told_what_was_found_and_expected) {
  expect_refusal(plugin("wrong_version"), {"built against Entente 0.0.1", "but this is ", "build it again"});
  expect_refusal(plugin("wrong_size"), {"another version of Entente", "20 bytes", "build it again"});
  expect_refusal(plugin("wrong_layout"), {"built with some compiler", "use a compiler"});
  expect_refusal(plugin("other_magic"), {"not Entente's"});
  expect_refusal(plugin("no_entry"), {"without 'entente_plugin'"});
}

TEST(Plugin, a_name_that_a_built_in_algorithm_has_is_refused) {
  expect_refusal(plugin("name_clash"), {"calls its algorithm 'dsa'", "set another .name"});
}

TEST(Plugin, files_are_loaded_only_where_a_path_is_written) {
  const Folder folder;
  std::filesystem::copy_file(plugin("my_dsa"), folder.path("my_dsa"));
  const Finished end = shell("cd '" + folder.path() + "' && entente solve -a my_dsa " + example("map_coloring.yaml"));
  EXPECT_EQ(end.code, 2);
  EXPECT_NE(end.err.find("there is no algorithm 'my_dsa'"), std::string::npos) << end.err;
  const Finished with_path =
      shell("cd '" + folder.path() + "' && entente solve --stop_cycle 3 -a ./my_dsa " + example("map_coloring.yaml"));
  EXPECT_EQ(with_path.code, 0) << with_path.err;
}

}  // namespace
}  // namespace entente::test
