// SPDX-License-Identifier: MIT
// How runs end before their time: signals, closed pipes, full disks, places that cannot be written.
#include <sys/resource.h>

#include "cli/program.hpp"

namespace entente::test {
namespace {

/// A run that never ends by itself, already under way.
class Endless {
 public:
  Endless() : run(entente_words({"solve", "-a", "dsa", folder.write("p.yaml", restless())})) {
    EXPECT_TRUE(run.says("Ctrl-C"));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  Folder folder;
  Running run;
};

TEST(Ending, ctrl_c_prints_the_best_assignment_and_ends_with_130) {
  Endless endless;
  endless.run.send(SIGINT);
  const Finished end = endless.run.wait();
  EXPECT_EQ(end.code, 130) << end.err;
  EXPECT_EQ(end.json()["status"], "STOPPED") << end.out;
  EXPECT_EQ(end.json()["assignment"].size(), 61u);
}

TEST(Ending, sigterm_does_the_same_and_ends_with_143) {
  Endless endless;
  endless.run.send(SIGTERM);
  const Finished end = endless.run.wait();
  EXPECT_EQ(end.code, 143) << end.err;
  EXPECT_EQ(end.json()["status"], "STOPPED") << end.out;
}

TEST(Ending, a_second_ctrl_c_ends_at_once) {
  const Folder folder;
  // The result is longer than a pipe holds and nobody reads it, so that after the first Ctrl-C the program is stuck.
  Running run(entente_words({"solve", "-a", "dsa", folder.write("p.yaml", ring(2001, "10", "R, G"))}));
  EXPECT_TRUE(run.says("Ctrl-C"));
  run.send(SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  run.send(SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const Finished end = run.wait();
  EXPECT_EQ(end.code, 130) << end.err;
  EXPECT_TRUE(end.json().is_discarded()) << "it went on writing";
}

TEST(Ending, ctrl_c_interrupts_a_delay) {
  const Folder folder;
  Running run(entente_words({"solve", "-a", "dsa", "--delay", "60", folder.write("p.yaml", restless())}));
  EXPECT_TRUE(run.says("Ctrl-C"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  run.send(SIGINT);
  const Finished end = run.wait();
  EXPECT_EQ(end.code, 130) << end.err;
  EXPECT_EQ(end.json()["status"], "STOPPED");
  EXPECT_LT(end.seconds, 10);
}

TEST(Ending, a_signal_before_the_run_ends_the_program_without_a_result) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer holds signals back while a program reads";
#endif
  const Folder folder;
  mkfifo(folder.path("never.yaml").c_str(), 0600);
  Running run(entente_words({"solve", "--output", folder.path("r.json"), folder.path("never.yaml")}));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  run.send(SIGINT);
  const Finished end = run.wait();
  EXPECT_EQ(end.code, 130);
  EXPECT_EQ(end.out, "");
  EXPECT_FALSE(folder.has("r.json"));
}

TEST(Ending, a_closed_pipe_ends_quietly) {
  const Folder folder;
  Running run(entente_words({"solve", "-a", "dpop", folder.write("p.yaml", ring(2000, "10"))}));
  run.close_output();
  const Finished end = run.wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.err.find("error"), std::string::npos) << end.err;
  const Finished head = shell("set -o pipefail; entente generate random -v 500 -d 0.1 | head -n 1");
  EXPECT_EQ(head.code, 0) << head.err;
  EXPECT_EQ(head.err, "");
}

TEST(Ending, an_output_that_cannot_be_written_is_known_before_the_run) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", restless());
  for (const Words& where : {Words{"--output", folder.path("none/r.json")}, Words{"--output", folder.path()},
                             Words{"--end_metrics", folder.path("none/m.csv")},
                             Words{"-c", "cycle_change", "--run_metrics", folder.path("none/m.csv")},
                             Words{"--log", folder.path("none/log")}}) {
    Words words{"solve", "-a", "dsa", file};  // without a limit: would run for ever
    words.insert(words.end(), where.begin(), where.end());
    const Finished end = entente(words);
    EXPECT_EQ(end.code, 2) << end.err;
    EXPECT_EQ(end.out, "");
    EXPECT_NE(end.err.find("cannot write"), std::string::npos) << end.err;
  }
}

TEST(Ending, a_full_disk_is_reported) {
  const std::string file = example("smart_lights.yaml");
  const Finished to_file = entente({"solve", "--output", "/dev/full", file});
  EXPECT_EQ(to_file.code, 2);
  EXPECT_NE(to_file.err.find("--output: cannot write '/dev/full'"), std::string::npos) << to_file.err;
  const Finished to_stdout = shell("entente solve " + file + " > /dev/full");
  EXPECT_EQ(to_stdout.code, 2);
  EXPECT_NE(to_stdout.err.find("cannot write standard output"), std::string::npos) << to_stdout.err;
}

TEST(Ending, a_failed_run_leaves_old_results_alone_and_makes_no_new_ones) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", two_colours);
  folder.write("old.json", "what was there before, longer than any new result would be");
  EXPECT_EQ(entente({"solve", "-a", "dsaa", "--output", folder.path("old.json"), file}).code, 2);
  EXPECT_EQ(entente({"solve", "-a", "dsaa", "--output", folder.path("new.json"), file}).code, 2);
  EXPECT_EQ(folder.read("old.json"), "what was there before, longer than any new result would be");
  EXPECT_FALSE(folder.has("new.json"));
  const Finished end = entente({"solve", "-a", "dpop", "--output", folder.path("old.json"), file});
  EXPECT_EQ(folder.read("old.json"), end.out);
}

TEST(Ending, the_problem_is_not_overwritten_by_its_result) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", two_colours);
  std::filesystem::create_symlink(file, folder.path("link.yaml"));
  for (const char* command : {"solve", "graph"}) {
    EXPECT_EQ(entente({command, file, "--output", folder.path("link.yaml")}).code, 2);
    EXPECT_EQ(folder.read("p.yaml"), two_colours);
  }
}

TEST(Ending, closed_standard_streams_do_no_harm) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", two_colours);
  const Finished end = shell("entente solve -a dpop " + file + " --output " + folder.path("r.json") + " <&- >&- 2>&-");
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(folder.read("p.yaml"), two_colours);
  EXPECT_EQ(nlohmann::json::parse(folder.read("r.json"))["cost"], -0.1);
}

TEST(Ending, too_little_memory_is_said_in_a_sentence) {
  const Folder folder;
  // A clique of 12 variables with 8 values: exact elimination needs 8^12 cells.
  std::ostringstream text;
  text << "name: clique\nobjective: min\ndomains: {d: {values: [0 .. 7]}}\nvariables:\n";
  for (int i = 0; i < 12; ++i) text << "  v" << i << ": {domain: d}\n";
  text << "constraints:\n";
  for (int i = 0; i < 12; ++i) {
    for (int j = 0; j < i; ++j)
      text << "  c" << i << "_" << j << ": {type: intention, function: v" << i << " * v" << j << "}\n";
  }
  const Finished end = entente({"solve", "-a", "dpop", "--memory", "1M", folder.write("p.yaml", text.str())});
  EXPECT_EQ(end.code, 2) << end.err;
  EXPECT_NE(end.err.find("width"), std::string::npos) << end.err;
}

}  // namespace
}  // namespace entente::test
