// SPDX-License-Identifier: MIT
// What the tests of the problem folder share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/problem.hpp"

namespace entente {

/// Expects that `action` throws an Error whose text holds all of `parts`.
template <class Action>
void expect_error(Action action, const std::vector<std::string>& parts) {
  std::string text = "no error";
  try {
    action();
  } catch (const Error& error) {
    text = error.what();
  }
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

/// The whole numbers 0 .. count-1.
inline std::vector<Value> numbers(std::int64_t count) {
  std::vector<Value> values;
  for (std::int64_t i = 0; i < count; ++i) values.emplace_back(i);
  return values;
}

/// Reads `text` as the file p.yaml; warnings go to `warnings`.
inline Problem parse(const std::string& text, std::vector<std::string>* warnings = nullptr, ReadOptions options = {}) {
  if (warnings) options.warn = [warnings](const std::string& warning) { warnings->push_back(warning); };
  return parse_pydcop_yaml(text, "p.yaml", options);
}

/// A problem of two variables x and y with the values 0, 1, 2, the given constraints and two agents.
inline std::string small_problem(std::string_view constraints) {
  return "name: t\nobjective: min\ndomains:\n  d: {values: [0, 1, 2]}\nvariables:\n  x: {domain: d}\n"
         "  y: {domain: d}\nconstraints:\n" +
         std::string(constraints) + "agents: [a1, a2]\n";
}

inline double cost_of(const Problem& problem, std::vector<ValueIndex> assignment) {
  return problem.evaluate(assignment).cost;
}

/// A folder that is removed at the end of a test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "entente_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace entente
