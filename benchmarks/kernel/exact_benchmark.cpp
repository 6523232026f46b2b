// SPDX-License-Identifier: MIT
// Proving optima of WCSP files: whole processes, this program's and a rival's (toulbar2) alternately, summed over the
// instances of a family. Wall and processor time; the median of the repeats.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "kernel/wcsp_families.hpp"

extern char** environ;

namespace entente::benchmarks {
namespace {

struct Seconds {
  double wall = 0, processor = 0;
  bool ended = true;  // by itself
};

Seconds run(const std::vector<std::string>& words, double limit) {
  std::vector<std::string> all = {"timeout", fmt::format("{}", limit)};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const auto begin = std::chrono::steady_clock::now();
  pid_t child = 0;
  Seconds seconds;
  if (posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) {
    seconds.ended = false;
  } else {
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    seconds.ended = WIFEXITED(status) && WEXITSTATUS(status) < 2;
    const auto of = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) * 1e-6; };
    seconds.processor = of(usage.ru_utime) + of(usage.ru_stime);
  }
  seconds.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  posix_spawn_file_actions_destroy(&actions);
  return seconds;
}

struct Family {
  std::string name;
  std::function<std::string(std::uint64_t)> make;  // text of an instance, by number
};

std::vector<Family> families() {
  return {
      {"random",
       [](std::uint64_t i) {
         // From 20 variables with 10 values to 35 with 5, about as hard as each other.
         const std::pair<std::size_t, int> shapes[] = {{20, 5}, {20, 10}, {25, 5}, {22, 8}, {30, 5}, {25, 7}};
         return random_wcsp(i, shapes[i % 6].first, shapes[i % 6].second, 0.3);
       }},
      {"colouring", [](std::uint64_t i) { return colouring_wcsp(i, 40, 2.7); }},
      {"k-tree", [](std::uint64_t i) { return k_tree_wcsp(i, 60, 6 + i % 3, i % 3 == 0 ? 6 : 5); }},
      {"band", [](std::uint64_t i) { return band_wcsp(i, 80, 5 + i % 3, 5); }},
      {"warehouse", [](std::uint64_t i) { return warehouse_wcsp(i, 15 + static_cast<int>(i), 60); }},
      {"grid", [](std::uint64_t i) { return grid_wcsp(i, 8 + i % 4, 4); }},
  };
}

double median(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

void compare(const std::string& name, const std::vector<std::string>& files, const std::string& program,
             const std::string& rival, int repeats, double limit) {
  std::vector<double> wall[2], processor[2];
  int unfinished[2] = {0, 0};
  for (int repeat = 0; repeat < repeats; ++repeat) {
    Seconds sum[2];
    for (const std::string& file : files)
      for (const int who : {0, 1}) {
        const Seconds one =
            run(who == 0 ? std::vector<std::string>{program, "solve", "-a", "exact", file} : std::vector{rival, file},
                limit);
        sum[who].wall += one.wall;
        sum[who].processor += one.processor;
        unfinished[who] += !one.ended;
      }
    for (const int who : {0, 1}) {
      wall[who].push_back(sum[who].wall);
      processor[who].push_back(sum[who].processor);
    }
  }
  fmt::print("{:<12} {:>5} {:>10.3f} {:>10.3f} {:>7.3f} {:>10.3f} {:>10.3f} {:>7.3f} {:>6} {:>6}\n", name, files.size(),
             median(wall[0]), median(wall[1]), median(wall[0]) / median(wall[1]), median(processor[0]),
             median(processor[1]), median(processor[0]) / median(processor[1]), unfinished[0], unfinished[1]);
  std::fflush(stdout);
}

}  // namespace
}  // namespace entente::benchmarks

int main(int argc, char** argv) {
  using namespace entente::benchmarks;
  CLI::App app("Compares whole processes that prove optima of WCSP files.");
  std::string program = "entente", rival = "toulbar2";
  std::vector<std::string> wanted, files;
  int instances = 30, repeats = 5;
  double limit = 60;
  app.add_option("--program", program, "entente")->capture_default_str();
  app.add_option("--rival", rival, "takes a file as its only argument")->capture_default_str();
  app.add_option("--family", wanted, "only these families");
  app.add_option("--instances", instances, "of each family")->capture_default_str();
  app.add_option("--repeats", repeats, "the median counts")->capture_default_str();
  app.add_option("--limit", limit, "seconds after which a process is ended")->capture_default_str();
  app.add_option("files", files, "compare on these instead");
  CLI11_PARSE(app, argc, argv);

  fmt::print("{:<12} {:>5} {:>10} {:>10} {:>7} {:>10} {:>10} {:>7} {:>6} {:>6}\n", "family", "files", "wall s",
             "rival s", "ratio", "cpu s", "rival s", "ratio", "cut", "rival");
  if (!files.empty()) {
    for (const std::string& file : files)
      compare(std::filesystem::path(file).stem(), {file}, program, rival, repeats, limit);
    compare("together", files, program, rival, 1, limit);
    return 0;
  }
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("exact_benchmark.{}", getpid());
  std::filesystem::create_directories(folder);
  for (const Family& family : families()) {
    if (!wanted.empty() && std::ranges::find(wanted, family.name) == wanted.end()) continue;
    files.clear();
    for (int i = 0; i < instances; ++i) {
      files.push_back(folder / fmt::format("{}_{}.wcsp", family.name, i));
      std::ofstream(files.back()) << family.make(static_cast<std::uint64_t>(i));
    }
    compare(family.name, files, program, rival, repeats, limit);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
