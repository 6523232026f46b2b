// SPDX-License-Identifier: MIT
// What people see: progress on a terminal, nothing of it elsewhere, the log.
#include <pty.h>

#include "cli/program.hpp"

namespace entente::test {
namespace {

/// Runs the program with standard error on a terminal; returns what the terminal got.
std::string on_terminal(const Words& words, const Words& environment) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    for (const std::string& setting : environment) putenv(strdup(setting.c_str()));
    const Words all = entente_words(words);
    std::vector<char*> pointers;
    for (const std::string& word : all) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execv(pointers[0], pointers.data());
    _exit(127);
  }
  std::string text;
  std::array<char, 4096> block;
  for (ssize_t count; (count = read(terminal, block.data(), block.size())) > 0;) {
    text.append(block.data(), static_cast<std::size_t>(count));
  }
  close(terminal);
  waitpid(child, nullptr, 0);
  return text;
}

TEST(Terminal, a_long_run_shows_cycle_cost_violations_and_time) {
  const Folder folder;
  const Words words{"-t", "1", "solve", "-a", "dsa", folder.write("p.yaml", restless())};
  const std::string text = on_terminal(words, {"TERM=xterm"});
  EXPECT_NE(text.find("cycle "), std::string::npos) << text;
  EXPECT_NE(text.find("cost "), std::string::npos) << text;
  EXPECT_NE(text.find("violations "), std::string::npos) << text;
  EXPECT_NE(text.find(" s"), std::string::npos) << text;
  // The line is taken away at the end.
  EXPECT_TRUE(text.ends_with("\r")) << text;
  EXPECT_EQ(on_terminal(words, {"TERM=dumb"}).find("cycle 1"), std::string::npos);
}

TEST(Terminal, there_is_no_progress_when_standard_error_is_no_terminal) {
  const Folder folder;
  const Finished end = entente({"-t", "0.5", "solve", "-a", "dsa", folder.write("p.yaml", restless())});
  EXPECT_EQ(end.err.find("cycle 1"), std::string::npos) << end.err;
  EXPECT_EQ(end.err.find('\r'), std::string::npos);
  EXPECT_EQ(end.err.find('\x1b'), std::string::npos);
}

TEST(Terminal, errors_are_coloured_unless_no_color_is_set) {
  EXPECT_NE(on_terminal({"solve", "none.yaml"}, {"TERM=xterm", "NO_COLOR="}).find("\x1b[31m"), std::string::npos);
  EXPECT_EQ(on_terminal({"solve", "none.yaml"}, {"TERM=xterm", "NO_COLOR=1"}).find('\x1b'), std::string::npos);
}

TEST(Terminal, the_log_has_times_and_says_what_was_done) {
  const Folder folder;
  const Finished end = entente({"solve", "-a", "dpop", "--log", folder.path("log"), example("smart_lights.yaml")});
  EXPECT_EQ(end.code, 0) << end.err;
  const std::string log = folder.read("log");
  EXPECT_NE(log.find(" - info - read 'smart lights'"), std::string::npos) << log;
  EXPECT_EQ(log[2], ':');
  EXPECT_EQ(end.err.find("read 'smart lights'"), std::string::npos) << "only the log says that at -v 0";
  const Finished loud = entente({"-v", "2", "solve", "-a", "dpop", example("smart_lights.yaml")});
  EXPECT_NE(loud.err.find("read 'smart lights'"), std::string::npos) << loud.err;
  const Finished all = entente({"-v", "3", "-t", "0.5", "solve", "-a", "dsa", folder.write("p.yaml", restless())});
  EXPECT_NE(all.err.find("entente: cycle "), std::string::npos) << "lines of progress, also without a terminal";
}

}  // namespace
}  // namespace entente::test
