// SPDX-License-Identifier: MIT
// Wrong words, wrong values, wrong files: exit code 2, nothing on standard output, a sentence that helps.
#include "cli/program.hpp"

namespace entente::test {
namespace {

/// The sentence that refuses `words`.
std::string refusal(const Words& words, const std::string& input = "") {
  const Finished end = entente(words, input);
  EXPECT_EQ(end.code, 2) << end.err;
  EXPECT_EQ(end.out, "");
  EXPECT_NE(end.err.find("entente: error: "), std::string::npos) << end.err;
  return end.err;
}

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(WrongUse, unknown_commands_and_options_come_with_a_suggestion) {
  EXPECT_HAS(refusal({"slove", "x.yaml"}), "did you mean 'solve'");
  EXPECT_HAS(refusal({"solve", "--algoo", "dsa", "x.yaml"}), "did you mean '--algo'");
  EXPECT_HAS(refusal({"solve", "--colect_on", "period", "x.yaml"}), "did you mean '--collect_on'");
  EXPECT_HAS(refusal({"generate", "graph_colouring"}), "did you mean 'graph_coloring'");
  EXPECT_HAS(refusal({"--outptu", "x", "solve"}), "did you mean '--output'");
  EXPECT_HAS(refusal({"algorithms", "dpopp"}), "did you mean 'dpop'");
  EXPECT_HAS(refusal({"solve", "-x", "x.yaml"}), "unknown option '-x'");
}

TEST(WrongUse, nothing_at_all_points_to_help) {
  EXPECT_HAS(refusal({}), "entente --help");
  EXPECT_HAS(refusal({"solve"}), "FILE is required");
  EXPECT_HAS(refusal({"generate"}), "entente generate --help");
  EXPECT_HAS(refusal({"solve", "--algo"}), "--algo");
}

TEST(WrongUse, values_outside_their_range_are_named_with_the_range) {
  const std::string file = example("smart_lights.yaml");
  EXPECT_HAS(refusal({"-v", "4", "solve", file}), "--verbose: 4 is outside the range 0 to 3");
  EXPECT_HAS(refusal({"solve", "-t", "-1", file}), "--timeout: -1 is outside the range 0 to 1000000000");
  EXPECT_HAS(refusal({"solve", "-t", "soon", file}), "--timeout: 'soon' is not a number");
  EXPECT_HAS(refusal({"solve", "-t", "nan", file}), "--timeout: 'nan' is not a number");
  EXPECT_HAS(refusal({"solve", "--threads", "1.5", file}), "--threads: '1.5' is not a whole number");
  EXPECT_HAS(refusal({"solve", "--threads", "100000", file}), "--threads: 100000 is outside the range 0 to 1024");
  EXPECT_HAS(refusal({"solve", "--seed", "-3", file}), "--seed: -3 is outside the range 0 to 18446744073709551615");
  EXPECT_HAS(refusal({"solve", "--seed", "18446744073709551616", file}), "outside the range");
  EXPECT_HAS(refusal({"solve", "--memory", "lots", file}), "--memory: 'lots' is no size");
  EXPECT_HAS(refusal({"solve", "--memory", "0", file}), "--memory: '0' is no size");
  EXPECT_HAS(refusal({"solve", "-i", "much", file}), "--infinity: 'much' is not a number");
  EXPECT_HAS(refusal({"solve", "-c", "sometimes", file}), "--collect_on: 'sometimes' is none of value_change");
  EXPECT_HAS(refusal({"solve", "-c", "period", "--period", "0", file}), "--period: 0 is outside the range");
  EXPECT_HAS(refusal({"solve", "-p", "variant", file}), "--algo_params: 'variant' is not of the form name:value");
  EXPECT_HAS(refusal({"solve", "--ext", "outside", file}), "--ext: 'outside' is not of the form name=value");
  EXPECT_HAS(refusal({"graph", "-g", "tree", file}), "--graph: 'tree' is none of");
}

TEST(WrongUse, algorithms_and_their_parameters_are_checked_before_the_run) {
  const std::string file = example("smart_lights.yaml");
  EXPECT_HAS(refusal({"solve", "-a", "dsaa", file}), "dsa");
  EXPECT_HAS(refusal({"solve", "-a", "dsa", "-p", "probability:1.4", file}), "probability");
  EXPECT_HAS(refusal({"solve", "-a", "dsa", "-p", "proba:0.5", file}), "proba");
  EXPECT_HAS(refusal({"solve", "-a", "dsa", "-p", "variant:Z", file}), "variant");
}

TEST(WrongUse, options_that_need_another_option_say_which) {
  const std::string file = example("smart_lights.yaml");
  EXPECT_HAS(refusal({"solve", "--period", "0.5", file}), "--collect_on period");
  EXPECT_HAS(refusal({"solve", "-c", "value_change", "--period", "0.5", file}), "--collect_on period");
  EXPECT_HAS(refusal({"solve", "--run_metrics", "rows.csv", file}), "--collect_on");
  EXPECT_HAS(refusal({"solve", "-m", "processes", file}), "process");
  EXPECT_HAS(refusal({"-t", "3", "graph", file}), "takes no --timeout");
  EXPECT_HAS(refusal({"generate", "ising", "--row_count", "3", "--strict_timeout", "3"}), "takes no --timeout");
}

TEST(WrongUse, an_abbreviation_that_may_mean_two_options_is_refused) {
  EXPECT_HAS(refusal({"solve", "-a", "dsa", "--e", "f.csv", "x.yaml"}), "--evidence or --ext");
}

TEST(WrongUse, problem_files_that_cannot_be_read_are_named) {
  const Folder folder;
  EXPECT_HAS(refusal({"solve", folder.path("none.yaml")}), "none.yaml");
  EXPECT_HAS(refusal({"solve", folder.path()}), folder.path());
  EXPECT_HAS(refusal({"solve", folder.write("empty.yaml", "")}), "empty.yaml");
  EXPECT_HAS(refusal({"graph", folder.write("list.yaml", "[1, 2")}), "list.yaml");
  EXPECT_HAS(refusal({"solve", folder.write("p.docx", two_colours)}), "p.docx");
  refusal({"solve", "-"});
  refusal({"solve", "-"}, "name: x");
}

TEST(WrongUse, a_distribution_is_a_method_or_a_file_that_fits) {
  const Folder folder;
  const std::string problem = folder.write("p.yaml", two_colours);
  EXPECT_HAS(refusal({"solve", "-d", "oneagnt", problem}), "did you mean 'oneagent'");
  const std::string wrong = folder.write("d.yaml", "distribution:\n  a1: [v1, v3]\n");
  EXPECT_HAS(refusal({"solve", "-a", "dsa", "-d", wrong, problem}), "v3");
}

TEST(WrongUse, hostile_words_reach_the_terminal_escaped_and_shortened) {
  const std::string text = refusal({"solve", "--\x1b[31mred" + std::string(5000, 'x'), "x.yaml"});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_LT(text.size(), 300u);
}

}  // namespace
}  // namespace entente::test
