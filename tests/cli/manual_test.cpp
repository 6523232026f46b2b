// SPDX-License-Identifier: MIT
// Manual pages and completion, made from the option table.
#include "cli/program.hpp"

namespace entente::test {
namespace {

TEST(Manual, every_command_has_a_page_that_groff_takes_without_a_warning) {
  const Folder folder;
  const Finished end = entente({"--generate-man", folder.path("pages")});
  ASSERT_EQ(end.code, 0) << end.err;
  for (const char* page : {"entente", "entente-solve", "entente-graph", "entente-generate", "entente-generate-ising",
                           "entente-generate-random", "entente-generate-scalefree", "entente-generate-graph_coloring",
                           "entente-algorithms", "entente-verify", "entente-agent", "entente-orchestrator"}) {
    const std::string file = std::string("pages/") + page + ".1";
    ASSERT_TRUE(folder.has(file)) << page;
    EXPECT_NE(folder.read(file).find(".SH EXAMPLE"), std::string::npos);
    if (shell("command -v groff").code != 0) continue;
    const Finished groff = shell("groff -man -Tutf8 -ww -z '" + folder.path(file) + "'");
    EXPECT_EQ(groff.code, 0);
    EXPECT_EQ(groff.err, "") << page;
  }
  EXPECT_NE(folder.read("pages/entente-solve.1").find("\\-\\-stop_cycle"), std::string::npos);
  EXPECT_EQ(entente({"--generate-man", "/dev/null/x"}).code, 2);
}

/// What bash would offer after `line`.
std::string completions(const std::string& line) {
  const Finished end = shell(
      "eval \"$(entente --generate-completion)\"\n"
      "line='" +
      line +
      "'; COMP_LINE=$line; COMP_POINT=${#line}\n"
      // As bash does, cut at ':' as well.
      "COMP_WORDS=(${line//:/ : }); [[ $line == *' ' ]] && COMP_WORDS+=('')\n"
      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _entente; echo \" ${COMPREPLY[*]} \"");
  EXPECT_EQ(end.err, "");
  return end.out;
}

TEST(Completion, commands_options_choices_and_algorithms_are_offered) {
  EXPECT_NE(completions("entente so").find(" solve "), std::string::npos);
  EXPECT_NE(completions("entente solve --coll").find(" --collect_on "), std::string::npos);
  EXPECT_NE(completions("entente solve --outp").find(" --output "), std::string::npos);
  EXPECT_NE(completions("entente solve -c ").find(" cycle_change "), std::string::npos);
  EXPECT_NE(completions("entente solve -a d").find(" dsa "), std::string::npos);
  EXPECT_NE(completions("entente -t 5 generate gra").find(" graph_coloring "), std::string::npos);
  EXPECT_NE(completions("entente generate graph_coloring --graph s").find(" scalefree "), std::string::npos);
  EXPECT_NE(completions("entente algorithms mg").find(" mgm "), std::string::npos);
}

TEST(Completion, parameters_of_the_algorithm_on_the_line_are_offered) {
  EXPECT_EQ(completions("entente solve -a dsa -p prob"), " probability: \n");
  EXPECT_NE(completions("entente solve -a dsa --algo_params ").find(" variant:B "), std::string::npos);
  EXPECT_EQ(completions("entente solve --algo mgm -p br"), " break_mode: break_mode:lexic break_mode:random \n");
  EXPECT_EQ(completions("entente solve -a dsa -p variant:"), "  A B C D E \n") << "bash keeps what is before the ':'";
  EXPECT_EQ(completions("entente solve -a dsa -p p_mode:ar"), " arity \n");
  EXPECT_EQ(completions("entente solve -a dsa -p br"), "  \n") << "a parameter of another algorithm";
  EXPECT_EQ(completions("entente solve -p pro"), "  \n") << "no algorithm is named";
}

TEST(Completion, plug_ins_are_completed_as_files) {
  EXPECT_NE(completions("entente solve -a " ENTENTE_SOURCE_DIR "/exam").find("/examples "), std::string::npos);
}

}  // namespace
}  // namespace entente::test
