// SPDX-License-Identifier: MIT
// Programs that are started: what they inherit, how their end is told, that none is left.
#include "deploy/child_processes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>

#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

ChildCommand shell(const std::string& line, bool bound = false) {
  ChildCommand command;
  command.label = "a shell";
  command.words = {"/bin/sh", "-c", line};
  command.dies_with_us = bound;
  return command;
}

std::optional<ChildEnd> wait(ChildProcesses& children, std::size_t child) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!children.ended(child) && std::chrono::steady_clock::now() < deadline) children.wait_for_news(0.01);
  return children.ended(child);
}

bool exists(int process) { return kill(process, 0) == 0; }

TEST(ChildProcesses, their_end_is_told_in_words) {
  ChildProcesses children;
  const std::size_t good = children.start(shell("exit 0"));
  const std::size_t bad = children.start(shell("echo no such thing >&2; exit 3"));
  const std::size_t killed = children.start(shell("kill -9 $$", true));
  EXPECT_TRUE(wait(children, good)->well);
  EXPECT_FALSE(wait(children, bad)->well);
  EXPECT_EQ(children.ended(bad)->how, "ended with exit code 3, after it said: no such thing");
  EXPECT_FALSE(wait(children, killed)->well);
  EXPECT_EQ(children.ended(killed)->how, "was killed by signal 9 (Killed)");
}

TEST(ChildProcesses, only_the_end_of_what_they_say_is_kept) {
  ChildProcesses children;
  const std::size_t child = children.start(shell("yes | head -c 300000; echo last"));
  ASSERT_TRUE(wait(children, child));
  const std::string said = children.said(child);
  EXPECT_LE(said.size(), 4096u);
  EXPECT_TRUE(said.ends_with("last\n"));
}

TEST(ChildProcesses, they_get_the_files_that_they_are_given_and_no_others) {
  ChildProcesses children;
  const Descriptor file = make_memory_file("secret", "what it is about "), other = make_memory_file("other", "no");
  for (const bool bound : {false, true}) {
    // Whoever runs this test may have something open as 3.
    const std::size_t plain = children.start(shell("exec 3<&-; ls /proc/self/fd | wc -l", bound));
    ChildCommand command = shell("cat /dev/fd/3; exec 3<&-; ls /proc/self/fd | wc -l; cat <&0", bound);
    command.files = {{file.number(), 3}};
    const std::size_t child = children.start(std::move(command));
    ASSERT_TRUE(wait(children, plain));
    ASSERT_TRUE(wait(children, child));
    EXPECT_EQ(children.said(child), "what it is about " + children.said(plain)) << bound;
  }
}

TEST(ChildProcesses, they_are_in_groups_of_their_own) {
  ChildProcesses children;
  for (const bool bound : {false, true}) {
    const std::size_t child = children.start(shell("sleep 60", bound));
    EXPECT_EQ(getpgid(children.process_id(child)), children.process_id(child));
  }
}

TEST(ChildProcesses, what_cannot_be_started_is_named) {
  ChildProcesses children;
  for (const bool bound : {false, true}) {
    ChildCommand command;
    command.label = "agent 'x'";
    command.words = {"/no/such/program"};
    command.dies_with_us = bound;
    try {
      children.start(std::move(command));
      ADD_FAILURE() << "it was started";
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()), "cannot start agent 'x', '/no/such/program': No such file or directory");
    }
  }
}

TEST(ChildProcesses, none_is_left_when_their_owner_goes) {
  std::vector<int> processes;
  std::atomic<int> ends = 0;
  {
    ChildProcesses children([&](std::size_t, const ChildEnd&) { ++ends; });
    for (int i = 0; i < 20; ++i)
      processes.push_back(children.process_id(children.start(shell("trap '' TERM INT; sleep 60", i % 2 == 0))));
    for (const int process : processes) EXPECT_TRUE(exists(process));
  }
  for (const int process : processes) EXPECT_FALSE(exists(process));
  EXPECT_EQ(ends, 20);
}

TEST(ChildProcesses, those_that_die_with_us_die_when_we_are_killed) {
  Pipe told = make_pipe();
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    ChildProcesses children;
    const int process = children.process_id(children.start(shell("sleep 60", true)));
    [[maybe_unused]] const auto written = ::write(told.write.number(), &process, sizeof process);
    pause();
  }
  int process = 0;
  ASSERT_EQ(::read(told.read.number(), &process, sizeof process), ssize_t(sizeof process));
  EXPECT_TRUE(exists(process));
  kill(parent, SIGKILL);
  // Orphans are reaped by whoever is in charge of them, which may take a moment.
  for (int i = 0; i < 200 && exists(process); ++i) usleep(10000);
  const std::string state = "/proc/" + std::to_string(process) + "/cmdline";
  char byte = 0;
  FILE* const file = fopen(state.c_str(), "r");
  EXPECT_TRUE(!file || fread(&byte, 1, 1, file) == 0) << "it still runs";
  if (file) fclose(file);
}

TEST(Descriptors, secrets_differ_and_files_in_memory_are_for_us_alone) {
  EXPECT_EQ(random_secret().size(), 64u);
  EXPECT_NE(random_secret(), random_secret());
  const Descriptor file = make_memory_file("x", "text");
  EXPECT_GE(file.number(), 16);
}

}  // namespace
}  // namespace entente::deploy
