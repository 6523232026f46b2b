// SPDX-License-Identifier: MIT
// Files: several for one problem, source files, distributions, what cannot be read, and speed.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <sstream>

#include "problem/problem_testing.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

namespace entente {
namespace {

Problem read(const std::vector<std::string>& files, std::vector<std::string>* warnings = nullptr) {
  ReadOptions options;
  if (warnings) options.warn = [warnings](const std::string& warning) { warnings->push_back(warning); };
  return read_problem(files, options);
}

constexpr const char* base =
    "name: one\nobjective: min\ndomains: {d: {values: [0, 1, 2]}}\nvariables: {x: {domain: d}}\n";

TEST(Files, sections_of_several_files_are_one_problem) {
  const TemporaryFolder folder;
  const std::string first = folder.write("first.yaml", base);
  const std::string agents = folder.write("agents.yml", "agents: {a1: {capacity: 10}}\n");
  const std::string more = folder.write(
      "more.yaml",
      "variables: {y: {domain: d}}\nconstraints: {c: {type: intention, function: x + y}}\nagents: [a2]\nname: two\n");
  std::vector<std::string> warnings;
  const Problem problem = read({first, agents, more}, &warnings);
  EXPECT_EQ(problem.variable_count(), 2u);
  EXPECT_EQ(problem.agents().size(), 2u);
  EXPECT_EQ(problem.name(), "two");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("takes the place of what " + first), std::string::npos) << warnings[0];

  const std::string again = folder.write("again.yaml", "variables: {x: {domain: d}}\n");
  expect_error([&] { read({first, again}); }, {again + ":1:13: variables.x", "twice", first, "line 4"});
  const std::string same_agent = folder.write("same.yaml", "agents: [a1]\n");
  expect_error([&] { read({first, agents, same_agent}); }, {"agents.a1", "twice"});
}

TEST(Files, a_source_file_is_found_beside_the_first_file) {
  const TemporaryFolder folder;
  folder.write("costs.py", "import math\nWEIGHT = 3\ndef cost(a, b):\n    return WEIGHT * abs(a - b)\n");
  folder.write("bad.py", "import os\nos.remove('costs.py')\n");
  const auto file = [&](const std::string& source) {
    return folder.write("p.yaml", std::string(base) + "constraints: {c: {type: intention, source: " + source +
                                      ", function: 'source.cost(x, 1)'}}\n");
  };
  EXPECT_EQ(read({file("./costs.py")}).cost(0, std::array{2}), 3);
  EXPECT_EQ(read({file(folder.path("costs.py"))}).cost(0, std::array{0}), 3);
  expect_error([&] { read({file("bad.py")}); }, {"bad.py:1"});
  expect_error([&] { read({file("missing.py")}); },
               {"p.yaml:5:", "constraints.c.source", "missing.py", "No such file"});
  EXPECT_TRUE(std::filesystem::exists(folder.path("costs.py")));
}

TEST(Files, what_cannot_be_read_is_said_with_the_reason) {
  const TemporaryFolder folder;
  expect_error([&] { read({folder.path("none.yaml")}); }, {"none.yaml", "No such file or directory"});
  std::filesystem::create_directory(folder.path("folder.yaml"));
  expect_error([&] { read({folder.path("folder.yaml")}); }, {"folder.yaml", "Is a directory"});
  std::filesystem::create_symlink("loop.yaml", folder.path("loop.yaml"));
  expect_error([&] { read({folder.path("loop.yaml")}); }, {"loop.yaml", "Too many levels of symbolic links"});
  if (::geteuid() != 0) {
    ::chmod(folder.write("locked.yaml", base).c_str(), 0);
    expect_error([&] { read({folder.path("locked.yaml")}); }, {"locked.yaml", "Permission denied"});
  }
  expect_error([&] { read({folder.write("p.foo", base)}); }, {"p.foo", ".foo", ".yaml"});
  expect_error([&] { read({folder.write("empty.yaml", "")}); }, {"empty.yaml", "empty"});
  expect_error([&] { read({""}); }, {"empty"});
  expect_error([&] { read({}); }, {"no problem file"});
  EXPECT_EQ(read({folder.write("no_extension", base)}).variable_count(), 1u);
}

TEST(Files, endless_streams_are_refused) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/zero", folder.path("zero.yaml"));
  expect_error([&] { read({folder.path("zero.yaml")}); }, {"zero.yaml", "zero bytes"});
}

TEST(Files, standard_input_is_called_a_dash) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.yaml", base);
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_TRUE(std::freopen(file.c_str(), "r", stdin));
  EXPECT_EQ(read({"-"}).variable_count(), 1u);
  ASSERT_TRUE(std::freopen(folder.write("bad.yaml", "- 1\n").c_str(), "r", stdin));
  expect_error([&] { read({"-"}); }, {"standard input:1:1"});
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
}

TEST(Files, a_distribution_says_who_hosts_what) {
  const TemporaryFolder folder;
  const auto distribution = [&](const std::string& text) { return read_distribution(folder.write("d.yaml", text)); };
  const Distribution read =
      distribution("inputs: {algo: dsa}\ndistribution:\n  a2: [x, c1]\n  a1: []\n  a3:\ncost: 3\n");
  ASSERT_EQ(read.hosted.size(), 3u);
  EXPECT_EQ(read.hosted[0].first, "a2");
  EXPECT_EQ(read.hosted[0].second, (std::vector<std::string>{"x", "c1"}));
  expect_error([&] { distribution("distribution: {a: [x], b: [x]}\n"); },
               {"d.yaml:1:28: distribution.b", "x is placed twice", "a"});
  expect_error([&] { distribution("distribution: {a: x}\n"); }, {"d.yaml:1:19: distribution.a", "'x'"});
  expect_error([&] { distribution("distribution: [a]\n"); }, {"d.yaml:1:15: distribution", "a list"});
  expect_error([&] { distribution("distributon: {a: [x]}\n"); }, {"d.yaml", "missing", "did you mean 'distributon'"});
  expect_error([&] { distribution("[a]\n"); }, {"d.yaml:1:1", "a list"});
  expect_error([&] { distribution("distribution: {a: [x], a: [y]}\n"); }, {"d.yaml:1:24", "a"});
}

TEST(Files, a_file_of_100000_constraints_loads_in_two_seconds) {
  if (sanitized) GTEST_SKIP() << "times mean nothing under a sanitizer";
  std::ostringstream text;
  text << "name: large\nobjective: min\ndomains: {d: {values: [0 .. 2]}, c: {values: [R, G, B]}}\nvariables:\n";
  for (int v = 0; v < 20000; ++v) text << "  v" << v << ": {domain: " << (v % 2 ? 'd' : 'c') << "}\n";
  text << "constraints:\n";
  for (int c = 0; c < 100000; ++c) {
    const int x = 2 * (c * 37 % 10000), y = (2 * c + 1) % 20000;  // x takes colours, y numbers
    if (c % 2)
      text << "  c" << c << ":\n    type: intention\n    function: " << c % 100 << " if v" << x << " == 'R' else v" << y
           << " * " << c % 7 << "\n";
    else
      text << "  c" << c << ":\n    type: extensional\n    variables: [v" << x << ", v" << y << "]\n    values:\n      "
           << c << ": R 0 | G 1 | B 2\n      1.5: R 1 | R 2 | G 0\n      2.5: G 2 | B 0 | B 1\n";
  }
  // Processor time, so that other work on the machine does not count.
  const std::clock_t began = std::clock();
  const Problem problem = parse(text.str());
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  EXPECT_EQ(problem.constraint_count(), 100000u);
  EXPECT_LT(seconds, 2);
}

}  // namespace
}  // namespace entente
