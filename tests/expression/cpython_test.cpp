// SPDX-License-Identifier: MIT
// Compares the language with CPython on thousands of random programs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "expression/expression.hpp"
#include "expression/random_program.hpp"

namespace entente::expression {
namespace {

/// The lines that the reference prints for `programs`.
std::vector<std::string> reference_lines(const std::vector<RandomProgram>& programs) {
  nlohmann::json cases = nlohmann::json::array();
  for (const RandomProgram& program : programs) {
    nlohmann::json values = nlohmann::json::array();
    for (const Value& value : program.values) {
      if (const auto* real = std::get_if<double>(&value)) {
        std::array<char, 40> hex;  // %a writes what float.fromhex reads
        std::snprintf(hex.data(), hex.size(), "%a", *real);
        values.push_back({{"real", hex.data()}});
      } else {
        std::visit([&](const auto& plain) { values.push_back(plain); }, value);
      }
    }
    cases.push_back({{"text", program.text}, {"body", program.is_body}, {"names", program.names}, {"values", values}});
  }
  const auto file = std::filesystem::temp_directory_path() / fmt::format("entente-expressions-{}.json", ::getpid());
  std::ofstream(file) << cases.dump();
  const std::string command =
      "/usr/bin/python3 -I " ENTENTE_SOURCE_DIR "/tests/expression/reference.py < " + file.string();
  std::vector<std::string> lines;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string all;
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    all.append(buffer.data(), count);
  std::istringstream stream(all);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::filesystem::remove(file);
  return lines;
}

std::string class_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::zero_division: return "error ZeroDivisionError";
    case ErrorKind::type: return "error TypeError";
    case ErrorKind::value: return "error ValueError";
    case ErrorKind::name: return "error NameError";
    case ErrorKind::overflow: return "error OverflowError";
    case ErrorKind::index: return "error IndexError";
    case ErrorKind::budget: return "error Budget";
    case ErrorKind::unsupported: return "error Unsupported";
  }
  return "";
}

/// The line that the reference should print, if the language is right.
std::string our_line(const RandomProgram& program) {
  try {
    const Expression expression = Expression::compile(program.text, {}, {}, {.text = 10000});
    std::vector<Value> arguments;
    for (const std::string& name : expression.names()) {
      const auto found = std::find(program.names.begin(), program.names.end(), name);
      if (found == program.names.end()) return "unknown name " + name;
      arguments.push_back(program.values[static_cast<std::size_t>(found - program.names.begin())]);
    }
    const Value value = expression.evaluate(arguments);
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "bool True" : "bool False";
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("int {}", *integer);
    if (const auto* real = std::get_if<double>(&value)) return fmt::format("float {}", *real);
    return "str " + nlohmann::json(std::get<std::string>(value)).dump(-1, ' ', true);
  } catch (const EvaluationError& error) {
    const bool is_other =
        error.kind() == ErrorKind::type && std::string(error.what()).find("the result is") != std::string::npos;
    return is_other ? "other" : class_of(error.kind());
  } catch (const Error& error) {
    return std::string("does not compile: ") + error.what();
  }
}

std::int64_t units_between(double left, double right) {
  const auto place = [](double number) {
    const auto bits = std::bit_cast<std::int64_t>(number);
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
  };
  return std::abs(place(left) - place(right));
}

/// Reals agree to the last bit, or to one unit in the last place for `math.` functions; NaN agrees with NaN.
bool agree(const std::string& ours, const std::string& theirs, std::int64_t units) {
  if (!ours.starts_with("float ") || !theirs.starts_with("float ")) return ours == theirs;
  const double left = std::strtod(ours.c_str() + 6, nullptr), right = std::strtod(theirs.c_str() + 6, nullptr);
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) && std::isnan(right);
  return units == 0 ? std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right)
                    : units_between(left, right) <= units;
}

void expect_agreement(const std::vector<RandomProgram>& programs) {
  ASSERT_TRUE(std::filesystem::exists("/usr/bin/python3"))
      << "the reference for expressions is CPython: install the package python3, which packages.txt lists";
  const auto theirs = reference_lines(programs);
  ASSERT_EQ(theirs.size(), programs.size()) << "the reference did not answer for every program";
  std::size_t errors = 0, disagreements = 0;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const RandomProgram& program = programs[i];
    const std::string ours = our_line(program);
    errors += ours.starts_with("error");
    if (agree(ours, theirs[i], program.text.starts_with("math.") ? 1 : 0)) continue;
    if (++disagreements > 20) break;
    std::string values;
    for (std::size_t k = 0; k < program.names.size(); ++k)
      values += program.names[k] + "=" + to_text(program.values[k]) + " ";
    ADD_FAILURE() << program.text << "\n  for " << values << "\n  CPython: " << theirs[i] << "\n  here:    " << ours;
  }
  // A generator whose programs all fail would prove nothing.
  EXPECT_LT(errors, programs.size() / 2);
}

/// How many programs to compare; a longer search is asked for by the environment.
std::uint64_t program_count(std::uint64_t usual) {
  const char* wanted = std::getenv("ENTENTE_RANDOM_PROGRAMS");
  return wanted ? std::strtoull(wanted, nullptr, 10) : usual;
}

TEST(CPython, agrees_on_the_value_or_error_class_of_random_expressions) {
  std::vector<RandomProgram> programs;
  for (std::uint64_t seed = 0; seed < program_count(6000); ++seed) programs.push_back(ProgramWriter(seed).expression());
  expect_agreement(programs);
}

TEST(CPython, agrees_on_the_value_or_error_class_of_random_function_bodies) {
  std::vector<RandomProgram> programs;
  for (std::uint64_t seed = 0; seed < program_count(4000); ++seed)
    programs.push_back(ProgramWriter(1'000'000 + seed).body());
  expect_agreement(programs);
}

}  // namespace
}  // namespace entente::expression
