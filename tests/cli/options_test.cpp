// SPDX-License-Identifier: MIT
// What the words of a command line mean: where options may stand, help, version.
#include "cli/program.hpp"

namespace entente::test {
namespace {

TEST(Options, global_options_may_stand_before_and_after_the_command) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", two_colours);
  const Finished before = entente(
      {"--seed", "7", "--output", folder.path("1.json"), "-t", "5", "solve", "-a", "dsa", "--stop_cycle", "5", file});
  const Finished after = entente(
      {"solve", "-a", "dsa", file, "--stop_cycle=5", "-t5", "--output=" + folder.path("2.json"), "--seed", "7"});
  EXPECT_EQ(before.code, 0) << before.err;
  EXPECT_EQ(after.code, 0) << after.err;
  EXPECT_EQ(before.json()["seed"], 7);
  EXPECT_EQ(after.json()["seed"], 7);
  EXPECT_EQ(folder.read("1.json"), before.out);
  EXPECT_EQ(folder.read("2.json"), after.out);
}

TEST(Options, the_short_option_of_a_command_wins_after_it) {
  const Finished end =
      entente({"-v", "2", "generate", "graph_coloring", "-v", "6", "-c", "3", "-g", "random", "-p", "0.5"});
  ASSERT_EQ(end.code, 0) << end.err;
  EXPECT_NE(end.out.find("v05"), std::string::npos) << end.out;
}

TEST(Options, unambiguous_abbreviations_of_long_options_are_understood) {
  const Folder folder;
  const Finished end =
      entente({"--time", "5", "solve", "--algo", "mgm", "--algo_param", "stop_cycle:20", "--collect", "cycle_change",
               "--run_metric", folder.path("m.csv"), folder.write("p.yaml", two_colours)});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_TRUE(folder.has("m.csv"));
}

TEST(Options, a_repeated_option_counts_with_its_last_value) {
  const Finished end = entente({"--seed", "1", "solve", "-a", "dsa", "--stop_cycle", "3", "--seed", "2", "--seed", "3",
                                example("smart_lights.yaml")});
  EXPECT_EQ(end.json()["seed"], 3);
}

TEST(Options, a_file_may_have_the_name_of_a_command_or_begin_with_a_dash) {
  const Folder folder;
  folder.write("graph", two_colours);
  std::filesystem::rename(folder.path("graph"), folder.path("graph.yaml"));
  folder.write("-p.yaml", two_colours);
  const Finished end = shell("cd '" + folder.path() + "' && entente solve -a dpop -- -p.yaml");
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.json()["cost"], -0.1);
}

TEST(Options, help_shows_ranges_and_an_example_for_every_command) {
  for (const Words& words : {Words{},
                             {"solve"},
                             {"graph"},
                             {"generate"},
                             {"generate", "graph_coloring"},
                             {"generate", "ising"},
                             {"generate", "random"},
                             {"generate", "scalefree"},
                             {"algorithms"},
                             {"verify"}}) {
    for (const char* flag : {"--help", "-h"}) {
      Words all = words;
      all.push_back(flag);
      const Finished end = entente(all);
      EXPECT_EQ(end.code, 0);
      EXPECT_EQ(end.err, "");
      EXPECT_NE(end.out.find("Usage: entente"), std::string::npos);
      EXPECT_NE(end.out.find("Example:\n  entente "), std::string::npos) << end.out;
      EXPECT_NE(end.out.find("[0 to 3; default 0]"), std::string::npos) << end.out;
      EXPECT_EQ(end.out.find("--generate-man"), std::string::npos);
      std::istringstream lines(end.out);
      for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120u) << line;
    }
  }
}

TEST(Options, version_tells_version_and_commit_wherever_it_stands) {
  for (const Words& words : {Words{"--version"}, {"solve", "--version"}, {"--version", "generate"}}) {
    const Finished end = entente(words);
    EXPECT_EQ(end.code, 0) << end.err;
    unsigned major = 0, minor = 0, patch = 0;
    char commit[41] = "";
    EXPECT_EQ(std::sscanf(end.out.c_str(), "entente %u.%u.%u (%40[^)])", &major, &minor, &patch, commit), 4) << end.out;
    EXPECT_GE(std::string(commit).size(), 7u);
  }
}

TEST(Options, numbers_do_not_depend_on_the_locale) {
  const Folder folder;
  const Words words = entente_words({"solve", "-a", "dpop", "-i", "0.5", folder.write("p.yaml", two_colours)});
  const Finished end = Running(words, "", {"LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8"}).wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.json()["cost"], -0.1) << end.out;
}

}  // namespace
}  // namespace entente::test
