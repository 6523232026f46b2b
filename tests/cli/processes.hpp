// SPDX-License-Identifier: MIT
// Runs of many processes: which of them there are, and what they leave behind.
#pragma once

#include <dirent.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "cli/program.hpp"

namespace entente::test {

/// A place for a run's processes that shows what is left of them: they are known by a variable of their environment,
/// and all folders that programs put things into are one that is empty at first.
class Watched {
 public:
  Watched() : mark_("ENTENTE_TEST_MARK=" + folder_.path()) { std::filesystem::create_directory(scratch()); }
  ~Watched() {
    for (const int process : processes()) kill(process, SIGKILL);
  }

  std::string scratch() const { return folder_.path("scratch"); }
  Words environment() const { return {mark_, "TMPDIR=" + scratch(), "XDG_RUNTIME_DIR=" + scratch()}; }
  const Folder& folder() const { return folder_; }

  /// The ids of those that run.
  std::vector<int> processes() const {
    std::vector<int> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const int process = std::atoi(entry.path().filename().c_str());
      if (process > 0 && file_of(process, "environ").find(mark_) != std::string::npos) found.push_back(process);
    }
    return found;
  }
  /// Those with this word on their command line.
  std::vector<int> processes(const std::string& word) const {
    std::vector<int> found;
    for (const int process : processes())
      if (file_of(process, "cmdline").find(word) != std::string::npos) found.push_back(process);
    return found;
  }
  /// Waits for at least `count` of them, ten seconds at most.
  std::vector<int> wait_for(const std::string& word, std::size_t count) const {
    for (int i = 0; i < 1000; ++i) {
      if (const std::vector<int> found = processes(word); found.size() >= count) return found;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "there are fewer than " << count << " processes with '" << word << "' in their command line";
    return {};
  }
  /// Seconds until nothing is left of them, ten at most.
  double seconds_until_gone() const {
    const auto begin = std::chrono::steady_clock::now();
    const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
    while (passed() < 10 && !processes().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return passed();
  }
  /// Checks that no process runs and no file is there.
  void expect_nothing_left() const {
    EXPECT_TRUE(processes().empty());
    for (const auto& entry : std::filesystem::directory_iterator(scratch())) ADD_FAILURE() << entry.path();
  }

 private:
  static std::string file_of(int process, const std::string& name) {
    std::ostringstream text;
    text << std::ifstream("/proc/" + std::to_string(process) + "/" + name, std::ios::binary).rdbuf();
    return text.str();
  }

  Folder folder_;
  std::string mark_;
};

/// `ring` with so many agents.
inline std::string ring_with_agents(int n, const std::string& cost, const std::string& colors, int agents) {
  std::string text = ring(n, cost, colors) + "agents: [";
  for (int i = 0; i < agents; ++i) text += (i ? ", a" : "a") + std::to_string(i);
  return text + "]\n";
}

/// What does not depend on the clock.
inline nlohmann::json without_times(nlohmann::json result) {
  result.erase("time");
  if (result.contains("agt_metrics"))
    for (auto& agent : result["agt_metrics"]) agent.erase("activity_ratio");
  return result;
}

}  // namespace entente::test
