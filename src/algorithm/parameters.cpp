// SPDX-License-Identifier: MIT
#include "entente/algorithm/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"

namespace entente {

std::string_view graph_name(Graph graph) {
  switch (graph) {
    case Graph::constraint: return "constraints_hypergraph";
    case Graph::factor: return "factor_graph";
    case Graph::pseudotree: return "pseudotree";
    case Graph::ordered: return "ordered_graph";
  }
  return "";
}

namespace detail {
namespace {

[[noreturn]] void refuse(std::string_view algorithm, const ParameterInfo& parameter, const std::string& text,
                         const std::string& expected) {
  throw Error(ErrorCode::wrong_use, fmt::format("{}.{}: '{}' is not {} (default {})", algorithm, parameter.name,
                                                printable(text), expected, parameter.default_value));
}

}  // namespace

std::string number_text(double number) { return fmt::format("{}", number); }

double read_real(std::string_view algorithm, const ParameterInfo& parameter, const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() ||
      !(number >= parameter.low && number <= parameter.high))
    refuse(algorithm, parameter, text, fmt::format("a number in [{}, {}]", parameter.low, parameter.high));
  return number;
}

std::int64_t read_integer(std::string_view algorithm, const ParameterInfo& parameter, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || double(number) < parameter.low ||
      double(number) > parameter.high)
    refuse(algorithm, parameter, text,
           fmt::format("a whole number in [{:.0f}, {:.0f}]", parameter.low, parameter.high));
  return number;
}

std::size_t read_choice(std::string_view algorithm, const ParameterInfo& parameter, const std::string& text) {
  for (std::size_t i = 0; i < parameter.choices.size(); ++i)
    if (parameter.choices[i] == text) return i;
  refuse(algorithm, parameter, text, fmt::format("one of {}", fmt::join(parameter.choices, ", ")));
}

void refuse_parameter(std::string_view algorithm, const std::string& name, const std::vector<ParameterInfo>& known) {
  std::vector<std::string> names;
  for (const auto& parameter : known) names.push_back(parameter.name);
  throw Error(
      ErrorCode::wrong_use,
      fmt::format("{} has no parameter '{}'{}; it has {}", algorithm, printable(name), did_you_mean(name, names),
                  names.empty() ? std::string("none") : fmt::format("{}", fmt::join(names, ", "))));
}

void refuse_repeated(std::string_view algorithm, const std::string& name) {
  throw Error(ErrorCode::wrong_use, fmt::format("{}.{} is given twice", algorithm, printable(name)));
}

}  // namespace detail
}  // namespace entente
