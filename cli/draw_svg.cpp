// SPDX-License-Identifier: MIT
// Runs `dot -Tsvg` as a child process, feeding and reading it at the same time so that no pipe fills up for ever.
#include "draw_svg.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "entente/base/error.hpp"

extern char** environ;

namespace entente::cli {
namespace {

/// Both ends of a pipe; closes what is still open.
struct Pipe {
  int read_end = -1, write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw Error(ErrorCode::wrong_use, fmt::format("cannot start Graphviz: {}", std::strerror(errno)));
    }
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

pid_t start(const Pipe& in, const Pipe& out, const Pipe& errors) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in.read_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out.write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors.write_end, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::string program = "dot", format = "-Tsvg";
  std::array<char*, 3> words{program.data(), format.data(), nullptr};
  pid_t child = -1;
  const int failed = posix_spawnp(&child, "dot", &files, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (failed == ENOENT) {
    throw Error(ErrorCode::wrong_use,
                "--format svg needs the program 'dot' of Graphviz, which is not installed; install the package "
                "graphviz, or use --format dot");
  }
  if (failed != 0) throw Error(ErrorCode::wrong_use, fmt::format("cannot start 'dot': {}", std::strerror(failed)));
  return child;
}

/// Appends what is there to read; closes `end` at its end.
void read_some(int& end, std::string& text) {
  std::array<char, 65536> block;
  const ssize_t count = ::read(end, block.data(), block.size());
  if (count > 0)
    text.append(block.data(), static_cast<std::size_t>(count));
  else if (count == 0 || (errno != EINTR && errno != EAGAIN))
    Pipe::close_end(end);
}

}  // namespace

std::string draw_svg(const std::string& dot_text) {
  Pipe in, out, errors;
  const pid_t child = start(in, out, errors);
  Pipe::close_end(in.read_end);
  Pipe::close_end(out.write_end);
  Pipe::close_end(errors.write_end);
  fcntl(in.write_end, F_SETFL, O_NONBLOCK);

  std::string picture, complaints;
  std::string_view left = dot_text;
  while (out.read_end >= 0 || errors.read_end >= 0) {
    std::array<pollfd, 3> ends{{{in.write_end, POLLOUT, 0}, {out.read_end, POLLIN, 0}, {errors.read_end, POLLIN, 0}}};
    if (poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) break;
    if (ends[0].revents) {
      const ssize_t count = ::write(in.write_end, left.data(), left.size());
      if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
      if (left.empty() || (count < 0 && errno != EINTR && errno != EAGAIN)) Pipe::close_end(in.write_end);
    }
    if (ends[1].revents) read_some(out.read_end, picture);
    if (ends[2].revents) read_some(errors.read_end, complaints);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error(ErrorCode::wrong_use, fmt::format("'dot' could not draw the graph: {}", printable(complaints, 300)));
  }
  return picture;
}

}  // namespace entente::cli
