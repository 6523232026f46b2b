// SPDX-License-Identifier: MIT
#include "deploy/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "entente/base/error.hpp"

extern char** environ;

namespace entente::deploy {
namespace {

constexpr std::array handled{SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE, SIGALRM, SIGCHLD};

[[noreturn]] void refuse(const ChildCommand& command, int why) {
  throw Error(ErrorCode::bad_input, fmt::format("cannot start {}, '{}': {}", printable(command.label),
                                                printable(command.words.front(), 200), std::strerror(why)));
}

/// Not by fork: a process with a large problem would be copied, page table by page table, for every agent.
int spawn_apart(const ChildCommand& command, char* const* words, int output) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  for (const auto& [ours, theirs] : command.files) posix_spawn_file_actions_adddup2(&files, ours, theirs);
  sigset_t defaults, none;
  sigemptyset(&defaults);
  sigemptyset(&none);
  for (const int signal : handled) sigaddset(&defaults, signal);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t process = -1;
  const int problem = posix_spawn(&process, words[0], &files, &attributes, words, environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (problem != 0) refuse(command, problem);
  return process;
}

/// What the new process does before it becomes the program: system calls alone, as other threads of its parent may have
/// held any lock.
void become(const ChildCommand& command, char* const* words, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before that
  setpgid(0, 0);
  for (const int signal : handled) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  if (nothing > STDERR_FILENO) ::close(nothing);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  for (const auto& [ours, theirs] : command.files) dup2(ours, theirs);
  execv(words[0], words);
}

/// By fork, as posix_spawn cannot bind the life of a process to ours.
int spawn_bound(const ChildCommand& command, char* const* words, int output) {
  Pipe failure = make_pipe();
  const pid_t parent = getpid(), process = fork();
  if (process < 0) refuse(command, errno);
  if (process == 0) {
    become(command, words, output, parent);
    const int why = errno;
    [[maybe_unused]] const auto written = ::write(failure.write.number(), &why, sizeof why);
    _exit(127);
  }
  failure.write.close();
  int why = 0;
  ssize_t got = 0;
  while ((got = ::read(failure.read.number(), &why, sizeof why)) < 0 && errno == EINTR) continue;
  if (got == static_cast<ssize_t>(sizeof why)) {
    waitpid(process, nullptr, 0);
    refuse(command, why);
  }
  return process;
}

}  // namespace

int spawn(const ChildCommand& command, int output) {
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  return command.dies_with_us ? spawn_bound(command, words.data(), output) : spawn_apart(command, words.data(), output);
}

}  // namespace entente::deploy
