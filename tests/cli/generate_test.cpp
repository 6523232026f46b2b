// SPDX-License-Identifier: MIT
// entente generate: what it writes can be read, measured and solved.
#include "cli/program.hpp"

namespace entente::test {
namespace {

TEST(GenerateCommand, every_generator_writes_a_problem_that_can_be_solved) {
  const Folder folder;
  const std::vector<Words> kinds{
      {"graph_coloring", "-v", "9", "-c", "3", "-g", "random", "-p", "0.5", "--soft"},
      {"graph_coloring", "-v", "9", "-c", "3", "--graph", "grid", "--intentional"},
      {"graph_coloring", "-v", "9", "-c", "4", "-g", "scalefree", "-m", "2", "--noagents"},
      {"ising", "--row_count", "3", "--col_count", "4"},
      {"ising", "--row_count", "3", "--intentional", "--no_agents"},
      {"random", "-v", "8", "--density", "0.4", "-A", "2", "-r", "4", "--cost_high", "9"},
      {"random", "-v", "6", "--constraints_count", "5", "--arity", "3", "--objective", "max"},
      {"scalefree", "-v", "9", "-m", "2", "--real_costs", "--cost_low", "-1", "--cost_high", "1"}};
  for (Words words : kinds) {
    words.insert(words.begin(), "generate");
    words.insert(words.end(), {"--output", folder.path("p.yaml")});
    const Finished made = entente(words);
    ASSERT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(made.out, "") << "the file is the result";
    const Finished solved = entente({"--output", folder.path("r.json"), "solve", "-a", "dpop", folder.path("p.yaml")});
    EXPECT_EQ(solved.code, 0) << words[1] << solved.err;
    const Finished judged = entente({"verify", folder.path("p.yaml"), folder.path("r.json")});
    EXPECT_EQ(judged.code, 0) << words[1] << judged.out << judged.err;
  }
}

TEST(GenerateCommand, the_same_seed_gives_the_same_text_and_another_seed_another) {
  const Words words{"generate", "scalefree", "-v", "30"};
  auto with_seed = [&](const char* seed) {
    Words all = words;
    all.insert(all.end(), {"--seed", seed});
    return entente(all).out;
  };
  EXPECT_FALSE(with_seed("1").empty());
  EXPECT_EQ(with_seed("1"), with_seed("1"));
  EXPECT_NE(with_seed("1"), with_seed("2"));
}

TEST(GenerateCommand, ising_writes_its_distributions_beside_the_problem) {
  const Folder folder;
  const Finished made = entente(
      {"--output", folder.path("ising.yaml"), "generate", "ising", "--row_count", "3", "--fg_dist", "--var_dist"});
  ASSERT_EQ(made.code, 0) << made.err;
  ASSERT_TRUE(folder.has("ising_fgdist.yaml"));
  ASSERT_TRUE(folder.has("ising_vardist.yaml"));
  const Finished variables = entente(
      {"solve", "-a", "mgm", "--stop_cycle", "5", "-d", folder.path("ising_vardist.yaml"), folder.path("ising.yaml")});
  EXPECT_EQ(variables.code, 0) << variables.err;
  const Finished factors = entente({"solve", "-a", "maxsum", "--stop_cycle", "5", "-d",
                                    folder.path("ising_fgdist.yaml"), folder.path("ising.yaml")});
  EXPECT_EQ(factors.code, 0) << factors.err;
  EXPECT_EQ(entente({"generate", "ising", "--row_count", "3", "--fg_dist"}).code, 2);
}

TEST(GenerateCommand, correct_density_names_the_folder_after_the_density_that_came_out) {
  const Folder folder;
  // A grid of 9 variables has 12 links: 24 / 72.
  const std::string asked = folder.path("density=0.9/set_1/p.yaml");
  for (const Words& words :
       {Words{"generate", "-c", "graph_coloring", "-v", "9", "-c", "3", "-g", "grid", "--output", asked},
        Words{"--output", asked, "generate", "--correct_density", "graph_coloring", "-v", "9", "-c", "3", "-g",
              "grid"}}) {
    const Finished made = entente(words);
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_NE(made.err.find("density=0.3/set_1/p.yaml"), std::string::npos) << made.err;
    EXPECT_TRUE(folder.has("density=0.3/set_1/p.yaml"));
    EXPECT_FALSE(folder.has("density=0.9"));
    EXPECT_EQ(std::filesystem::remove_all(folder.path("density=0.3")), 3u);
  }
  // `random` has no -c of its own; files keep their names.
  const Finished made = entente(
      {"generate", "random", "-v", "4", "--density", "1", "-c", "--output", folder.path("density=0/density=0.yaml")});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(folder.has("density=1.0/density=0.yaml")) << made.err;
}

TEST(GenerateCommand, correct_density_without_such_a_folder_changes_nothing) {
  const Folder folder;
  const Finished made =
      entente({"generate", "-c", "random", "-v", "4", "--density", "1", "--output", folder.path("my_density=3.yaml")});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(folder.has("my_density=3.yaml"));
  EXPECT_NE(made.err.find("changes nothing"), std::string::npos);
  const Finished printed = entente({"generate", "-c", "random", "-v", "4", "--density", "1"});
  EXPECT_EQ(printed.code, 0);
  EXPECT_NE(printed.out.find("objective"), std::string::npos);
}

TEST(GenerateCommand, options_that_do_not_fit_together_are_refused_with_their_name) {
  const Finished no_chance = entente({"generate", "graph_coloring", "-v", "9", "-c", "3", "-g", "random"});
  EXPECT_EQ(no_chance.code, 2);
  EXPECT_NE(no_chance.err.find("p_edge"), std::string::npos) << no_chance.err;
  const Finished no_square = entente({"generate", "graph_coloring", "-v", "10", "-c", "3", "-g", "grid"});
  EXPECT_EQ(no_square.code, 2);
  EXPECT_NE(no_square.err.find("square"), std::string::npos) << no_square.err;
  EXPECT_EQ(entente({"generate", "random", "-v", "10"}).code, 2);
  EXPECT_EQ(entente({"generate", "random", "-v", "10", "-d", "0.5", "--cost_low", "9", "--cost_high", "3"}).code, 2);
  const Folder folder;
  entente({"generate", "random", "-v", "10", "--output", folder.path("p.yaml")});
  EXPECT_FALSE(folder.has("p.yaml")) << "nothing was made";
}

}  // namespace
}  // namespace entente::test
