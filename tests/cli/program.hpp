// SPDX-License-Identifier: MIT
// Runs the real program as a user would: words, files, standard streams, signals, exit codes.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace entente::test {

using Words = std::vector<std::string>;

/// A folder of its own that disappears with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "entente-cli-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name), std::ios::binary).rdbuf();
    return text.str();
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

 private:
  std::string path_;
};

/// How a run ended and what it wrote.
struct Finished {
  int code = -1;  ///< Exit code; -1 when it was killed by a signal.
  std::string out, err;
  double seconds = 0;

  nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

/// A program that runs; killed when the object goes.
class Running {
 public:
  explicit Running(const Words& words, const std::string& input = "", const Words& environment = {})
      : start_(std::chrono::steady_clock::now()) {
    std::array<int, 2> in{}, out{}, err{};
    if (pipe2(in.data(), O_CLOEXEC) || pipe2(out.data(), O_CLOEXEC) || pipe2(err.data(), O_CLOEXEC)) {
      throw std::runtime_error("no pipe");
    }
    child_ = fork();
    if (child_ == 0) {
      dup2(in[0], 0);
      dup2(out[1], 1);
      dup2(err[1], 2);
      for (const std::string& setting : environment) putenv(strdup(setting.c_str()));
      std::vector<char*> pointers;
      for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
      pointers.push_back(nullptr);
      execvp(pointers[0], pointers.data());
      _exit(127);
    }
    for (const int end : {in[0], out[1], err[1]}) close(end);
    out_ = out[0];
    err_ = err[0];
    // Inputs here are shorter than a pipe is long.
    [[maybe_unused]] const auto written = ::write(in[1], input.data(), input.size());
    close(in[1]);
  }
  ~Running() {
    if (!reaped_) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close_output();
    if (err_ >= 0) close(err_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void send(int signal) const { kill(child_, signal); }
  /// Nobody listens to standard output any more.
  void close_output() {
    if (out_ >= 0) close(out_);
    out_ = -1;
  }
  /// Reads standard error until `text` has come; false after ten seconds.
  bool says(const std::string& text) {
    while (end_.err.find(text) == std::string::npos) {
      if (seconds() > 10 || !read_more(100)) return false;
    }
    return true;
  }
  /// What `says` has read so far.
  const std::string& said() const { return end_.err; }
  /// Waits for the end, a minute at most.
  Finished wait() {
    while (out_ >= 0 || err_ >= 0) {
      if (seconds() > 60) {
        kill(child_, SIGKILL);
        ADD_FAILURE() << "the program did not end within a minute";
      }
      if (!read_more(100)) break;
    }
    int status = 0;
    waitpid(child_, &status, 0);
    reaped_ = true;
    end_.seconds = seconds();
    end_.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return end_;
  }

 private:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
  /// Whether there may be more to come.
  bool read_more(int milliseconds) {
    std::array<pollfd, 2> ends{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
    if (poll(ends.data(), ends.size(), milliseconds) < 0) return false;
    if (ends[0].revents) read_from(out_, end_.out);
    if (ends[1].revents) read_from(err_, end_.err);
    return out_ >= 0 || err_ >= 0;
  }
  static void read_from(int& end, std::string& text) {
    std::array<char, 65536> block;
    const ssize_t count = ::read(end, block.data(), block.size());
    if (count > 0) {
      text.append(block.data(), static_cast<std::size_t>(count));
    } else {
      close(end);
      end = -1;
    }
  }

  std::chrono::steady_clock::time_point start_;
  pid_t child_ = -1;
  int out_ = -1, err_ = -1;
  bool reaped_ = false;
  Finished end_;
};

inline Words entente_words(const Words& words) {
  Words all{ENTENTE_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

inline Finished entente(const Words& words, const std::string& input = "") {
  return Running(entente_words(words), input).wait();
}

/// A line for the shell; `entente` in it is the program.
inline Finished shell(const std::string& line) {
  return Running({"bash", "-c", "entente() { \"" ENTENTE_PROGRAM "\" \"$@\"; }\n" + line}).wait();
}

inline std::string example(const std::string& name) { return std::string(ENTENTE_SOURCE_DIR) + "/examples/" + name; }

/// Two variables that want to differ, and v1 that would rather be 'R': the optimum is v1 = R, v2 = G, cost -0.1.
inline constexpr std::string_view two_colours = R"(name: two colours
objective: min
domains:
  colors: {values: [R, G]}
variables:
  v1: {domain: colors, cost_function: -0.1 if v1 == 'R' else 0.1}
  v2: {domain: colors}
constraints:
  differ: {type: intention, function: 10 if v1 == v2 else 0}
agents: [a1, a2]
)";

/// A ring of `n` variables with three colours; hard constraints when `cost` is `.inf`.
inline std::string ring(int n, const std::string& cost, const std::string& colors = "R, G, B") {
  std::ostringstream text;
  text << "name: ring\nobjective: min\ndomains:\n  colors: {values: [" << colors << "]}\nvariables:\n";
  for (int i = 0; i < n; ++i) text << "  v" << i << ": {domain: colors}\n";
  text << "constraints:\n";
  for (int i = 0; i < n; ++i) {
    const int j = (i + 1) % n;
    text << "  c" << i << ": {type: intention, function: " << cost << " if v" << i << " == v" << j << " else 0}\n";
  }
  return text.str();
}

/// A ring of odd length with two colours: some pair is always alike, so DSA never comes to rest.
inline std::string restless() { return ring(61, "10", "R, G"); }

}  // namespace entente::test
