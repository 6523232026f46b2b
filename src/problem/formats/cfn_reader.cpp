// SPDX-License-Identifier: MIT
// Reading CFN files: the problem's head and its variables.
#include "problem/formats/cfn_reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "problem/formats/cfn.hpp"

namespace entente {

CfnReader::CfnReader(std::unique_ptr<ByteSource> source, const std::string& file, const ReadOptions& options)
    : tokens_(std::move(source), file),
      options_(options),
      builder_({}, Objective::minimise, options.limits),
      filling_(builder_),
      globals_(builder_) {}

Problem CfnReader::read() {
  if (tokens_.kind() == Kind::end) fail("the file is empty; expected { problem: … variables: … functions: … }");
  if (tokens_.kind() != Kind::open) fail(fmt::format("{} at the beginning; expected {{", tokens_.description()));
  tokens_.advance();
  constexpr std::string_view sections[] = {"problem", "variables", "functions"};
  for (const std::string_view section : sections) {
    key_.clear();
    if (tokens_.kind() == Kind::word) {
      if (tokens_.text() != section)
        fail(fmt::format("found {}; expected the section {}. The order is problem, variables, functions",
                         tokens_.description(), section));
      tokens_.advance();
    }
    key_ = section;
    if (section == "problem") read_problem();
    if (section == "variables") read_variables();
    if (section == "functions") read_functions();
  }
  key_.clear();
  if (tokens_.kind() == Kind::close)
    tokens_.advance();
  else if (tokens_.kind() == Kind::end)
    warn("the last closing bracket is missing");
  if (tokens_.kind() != Kind::end)
    fail(fmt::format("found {} after the functions; expected the end of the file", tokens_.description()));
  resolve_references();
  return builder_.build();
}

void CfnReader::read_problem() {
  expect_open("{ with name and mustbe");
  ProblemData& data = *builder_.state().data;
  bool named = false, bounded = false;
  while (next_item("the name and mustbe of the problem")) {
    std::string text = expect_word("the name of the problem, or mustbe");
    // In the concise form the keys may be left out.
    if (text == "name" || text == "mustbe") {
      const bool is_name = text == "name";
      if (is_name ? named : bounded) fail(fmt::format("{} is given twice", text));
      text = expect_word(is_name ? "the name of the problem" : "the bound, as in \"<10.5\"");
      if (is_name) {
        data.name = text;
        named = true;
      } else {
        read_objective(text);
        bounded = true;
      }
    } else if (!named && text.find_first_of("<>") != 0) {
      data.name = text;
      named = true;
    } else if (!bounded) {
      read_objective(text);
      bounded = true;
    } else {
      fail(fmt::format("found '{}'; expected the end of the section, with name and mustbe only", printable(text)));
    }
    builder_.state().check_name(data.name, place());
  }
  if (!bounded) fail("mustbe is missing; expected mustbe: \"<bound\" to minimise or \">bound\" to maximise");
  builder_.set_infinity(options_.infinity);
}

void CfnReader::read_objective(const std::string& text) {
  key_ = "problem.mustbe";
  if (!text.starts_with('<') && !text.starts_with('>'))
    fail(fmt::format("'{}' has no < or >; expected \"<bound\" to minimise or \">bound\" to maximise", printable(text)));
  maximise_ = text.front() == '>';
  builder_.state().data->objective = maximise_ ? Objective::maximise : Objective::minimise;
  double bound = 0;
  const char* const first = text.data() + 1 + (text.size() > 1 && text[1] == '+');
  const char* const end = text.data() + text.size();
  const auto [stop, reason] = std::from_chars(first, end, bound);
  if (reason != std::errc() || stop != end || std::isnan(bound))
    fail(fmt::format("'{}' is no bound; expected {} and a number", printable(text), text.front()));
  if (std::isfinite(bound)) builder_.set_cost_limit(bound);
  key_ = "problem";
}

void CfnReader::read_variables() {
  expect_open("{ with the variables and their values");
  while (next_item("the variables")) read_variable();
  key_ = "variables";
}

void CfnReader::read_variable() {
  std::string name;
  key_ = fmt::format("variables.{}", builder_.variable_count());
  if (tokens_.kind() == Kind::word && (tokens_.is_key() || !integer(tokens_.text()))) {
    name = tokens_.text();
    if (name.empty()) fail("the name of a variable is empty");
    key_ = "variables." + name;
    tokens_.advance();
  }
  const Place here = place();
  const std::uint32_t domain =
      tokens_.kind() == Kind::open ? read_list_domain() : sized_domain(expect_word("its values, or how many it has"));
  builder_.add_variable(name, domain, no_value, here);
}

std::uint32_t CfnReader::read_list_domain() {
  tokens_.advance();
  const Place here = place();
  std::vector<Value> values;
  std::unordered_map<std::string, ValueIndex> indexes;
  std::string all;
  while (next_item("its values")) {
    std::string text = expect_word("a value");
    if (values.size() >= options_.limits.domain_values)
      fail(fmt::format("more than {} values", options_.limits.domain_values), ErrorCode::too_large);
    if (!indexes.emplace(text, static_cast<ValueIndex>(values.size())).second)
      fail(fmt::format("the value {} is there twice", printable(text)));
    all += fmt::format("{} ", text.size()) + text;
    values.emplace_back(std::move(text));
  }
  const auto [known, fresh] = list_domains_.try_emplace(std::move(all), 0);
  if (fresh) {
    known->second = builder_.add_domain({}, std::move(values), {}, here);
    value_indexes_.resize(known->second + std::size_t(1));
    value_indexes_.back() = std::move(indexes);
  }
  return known->second;
}

std::uint32_t CfnReader::sized_domain(const std::string& text) {
  const auto number = integer(text);
  if (!number || *number == std::numeric_limits<std::int64_t>::min())
    fail(fmt::format("found '{}'; expected a list of values, or how many there are", printable(text)));
  if (*number == 0) fail("the domain has no value; expected at least one");
  const std::int64_t size = std::abs(*number);  // negative: an interval, with the same values
  const auto [known, fresh] = sized_domains_.try_emplace(size, 0);
  if (fresh) {
    const auto count = static_cast<std::size_t>(size);
    const std::size_t allowed = options_.limits.domain_values;
    if (count > allowed || (domain_values_ += count) > 4 * allowed)
      fail(fmt::format("a domain of {} values; at most {} are allowed, and four times that in different sizes", size,
                       allowed),
           ErrorCode::too_large);
    std::vector<Value> values;
    for (std::int64_t value = 0; value < size; ++value) values.emplace_back(value);
    known->second = builder_.add_domain({}, std::move(values), {}, place());
    value_indexes_.resize(known->second + std::size_t(1));
  }
  return known->second;
}

void CfnReader::expect_open(const char* what) {
  if (tokens_.kind() == Kind::end) fail(fmt::format("unexpected end of file; expected {}", what));
  if (tokens_.kind() != Kind::open) fail(fmt::format("found {}; expected {}", tokens_.description(), what));
  tokens_.advance();
}

std::string CfnReader::expect_word(const char* what) {
  if (tokens_.kind() == Kind::end) fail(fmt::format("unexpected end of file; expected {}", what));
  if (tokens_.kind() != Kind::word) fail(fmt::format("found {}; expected {}", tokens_.description(), what));
  std::string text = tokens_.text();
  tokens_.advance();
  return text;
}

bool CfnReader::next_item(const char* what) {
  if (tokens_.kind() == Kind::end) fail(fmt::format("unexpected end of file in {}; expected a closing bracket", what));
  if (tokens_.kind() != Kind::close) return true;
  tokens_.advance();
  return false;
}

std::optional<std::int64_t> CfnReader::integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [stop, reason] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || reason != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

void CfnReader::fail(const std::string& message, ErrorCode code) const { throw Error(code, place(), message); }

void CfnReader::warn(const std::string& message) const {
  if (options_.warn) options_.warn(place().to_text() + ": " + message);
}

Problem read_cfn(std::unique_ptr<ByteSource> source, const std::string& file, const ReadOptions& options) {
  return CfnReader(std::move(source), file, options).read();
}

Problem parse_cfn(const std::string& text, const std::string& name, const ReadOptions& options) {
  return read_cfn(std::make_unique<TextSource>(text), name, options);
}

}  // namespace entente
