// SPDX-License-Identifier: MIT
// The reference: toulbar2's variable neighbourhood search, run as a program of its own where it is installed.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "quality/families.hpp"

extern char** environ;

namespace quality {

/// A folder that goes away with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "entente-quality-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder could be made: " + name);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What a program writes to its standard output; nothing if it could not be started.
inline std::optional<std::string> output_of(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  std::string text;
  std::array<char, 4096> chunk;
  if (failure == 0)
    for (ssize_t got; (got = read(pipe_ends[0], chunk.data(), chunk.size())) > 0;) text.append(chunk.data(), got);
  close(pipe_ends[0]);
  if (failure != 0) return std::nullopt;
  int status = 0;
  waitpid(child, &status, 0);
  return text;
}

/// The last cost that `text` names after `mark`.
inline std::optional<double> last_after(std::string_view text, std::string_view mark) {
  const std::size_t at = text.rfind(mark);
  if (at == text.npos) return std::nullopt;
  double cost = 0;
  const char* const begin = text.data() + at + mark.size();
  if (std::from_chars(begin, text.data() + text.size(), cost).ec != std::errc{}) return std::nullopt;
  return cost;
}

class Reference {
 public:
  Reference(std::string program, int seconds) : program_(std::move(program)), seconds_(seconds) {
    const std::optional<std::string> greeting = output_of({program_});
    if (!greeting) return;
    constexpr std::string_view mark = "version : ";
    const std::size_t at = greeting->find(mark);
    version_ = at == greeting->npos
                   ? "unknown"
                   : greeting->substr(at + mark.size(), greeting->find(' ', at + mark.size()) - at - mark.size());
    installed_ = true;
  }
  bool installed() const { return installed_; }
  const std::string& version() const { return version_; }
  std::string command() const { return fmt::format("{} -vns -timer={}", program_, seconds_); }

  /// The best cost it finds within its seconds of processor time.
  std::optional<double> solve(const Instance& instance) const {
    const std::string file = (folder_.path() / "instance.wcsp").string();
    std::ofstream out(file);
    write_wcsp(instance, out);
    out.close();
    const auto text = output_of({program_, file, "-vns", fmt::format("-timer={}", seconds_)});
    if (!out || !text) return std::nullopt;
    if (const auto optimum = last_after(*text, "Optimum: ")) return optimum;
    return last_after(*text, "New solution: ");
  }

 private:
  std::string program_, version_;
  int seconds_;
  bool installed_ = false;
  TemporaryFolder folder_;
};

}  // namespace quality
