// SPDX-License-Identifier: MIT
#include "problem/formats/number_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "entente/base/suggest.hpp"

namespace entente {
namespace {

[[noreturn]] void fail(const YamlNode& node, const std::string& path, const std::string& message) {
  throw Error(ErrorCode::bad_input, node.place(path), message);
}

/// Takes `[12]` off the front of `path`; nothing if it does not begin so.
std::optional<std::size_t> take_index(std::string_view& path) {
  if (path.empty() || path.front() != '[') return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
  if (error != std::errc() || end == path.data() + path.size() || *end != ']') return std::nullopt;
  path.remove_prefix(std::size_t(end + 1 - path.data()));
  return index;
}

/// The node of a path, or of as much of it as there is.
YamlNode locate(YamlNode node, std::string_view path) {
  while (!path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    std::optional<YamlNode> inner;
    if (const auto index = take_index(path)) {
      if (!node.is_list() || *index >= node.size()) return node;
      std::size_t at = 0;
      for (const YamlNode& item : node.items())
        if (at++ == *index) inner = item;
    } else {
      const std::size_t end = std::min(path.find_first_of(".[", 0), path.size());
      if (node.is_map()) inner = node.find(path.substr(0, end));
      path.remove_prefix(end);
    }
    if (!inner) return node;
    node = *inner;
  }
  return node;
}

}  // namespace

NumberMap::NumberMap(const YamlNode& node, std::string path) : node_(node), path_(std::move(path)) {
  if (!node.is_map()) fail(node, path_, fmt::format("is {}; expected a map of names and values", node.description()));
}

std::string NumberMap::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

YamlNode NumberMap::get(std::string_view key) const {
  const auto found = node_.find(key);
  if (!found) fail(node_, path(key), "is missing");
  return *found;
}

double NumberMap::number(std::string_view key, std::optional<double> absent) const {
  const auto found = node_.find(key);
  if (!found && absent) return *absent;
  return read_number(get(key), path(key));
}

std::size_t NumberMap::count(std::string_view key) const {
  const YamlNode node = get(key);
  const double number = read_number(node, path(key));
  if (!(number >= 0 && number <= 1e9) || number != std::floor(number))
    fail(node, path(key), fmt::format("is {}; expected a whole number from 0 to 1e9", number));
  return std::size_t(number);
}

std::string NumberMap::text(std::string_view key, std::optional<std::string> absent) const {
  const auto found = node_.find(key);
  if (!found && absent) return *absent;
  const YamlNode node = get(key);
  if (!node.is_scalar() || node.is_null())
    fail(node, path(key), fmt::format("is {}; expected a text", node.description()));
  return std::string(node.text());
}

YamlNode NumberMap::list(std::string_view key) const {
  const YamlNode node = get(key);
  if (!node.is_list()) fail(node, path(key), fmt::format("is {}; expected a list", node.description()));
  return node;
}

std::vector<double> NumberMap::numbers(std::string_view key, std::size_t size, std::optional<double> absent) const {
  const auto found = node_.find(key);
  if (!found && absent) return std::vector<double>(size, *absent);
  const YamlNode node = get(key);
  std::vector<double> result;
  read_numbers(node, path(key), result);
  if (result.size() != size)
    fail(node, path(key),
         fmt::format("has {} {}; expected {}", result.size(), result.size() == 1 ? "entry" : "entries", size));
  return result;
}

DenseMatrix NumberMap::matrix(std::string_view key) const {
  DenseMatrix result;
  if (!node_.find(key)) return result;
  const YamlNode node = list(key);
  for (const YamlNode& row : node.items()) {
    const std::string where = fmt::format("{}[{}]", path(key), result.rows);
    const std::size_t columns = read_numbers(row, where, result.values);
    if (result.rows > 0 && columns != result.columns)
      fail(row, where, fmt::format("has {} entries, the row before {}; expected as many", columns, result.columns));
    result.columns = columns;
    ++result.rows;
  }
  return result;
}

void NumberMap::warn_unknown(std::initializer_list<std::string_view> known,
                             const std::function<void(const std::string&)>& warn) const {
  if (!warn) return;
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& entry : node_.entries()) {
    if (std::ranges::find(names, entry.name()) != names.end()) continue;
    const std::string name(entry.name());
    warn(fmt::format("{}: is not known and left out{}", entry.key.place(path(printable(name))).to_text(),
                     did_you_mean(name, names)));
  }
}

double read_number(const YamlNode& node, const std::string& path) {
  if (node.is_scalar() && node.is_plain()) {
    // Nearly all are plain decimal numbers; the rest of the core schema is for the resolver.
    const std::string_view text = node.text();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && std::isfinite(number)) return number;
    if (const CoreScalar scalar = node.resolve(); scalar.is_number()) return scalar.number();
  }
  fail(node, path, fmt::format("is {}; expected a number", node.description()));
}

std::size_t read_numbers(const YamlNode& node, const std::string& path, std::vector<double>& numbers) {
  if (!node.is_list()) fail(node, path, fmt::format("is {}; expected a list of numbers", node.description()));
  numbers.reserve(numbers.size() + node.size());
  std::size_t count = 0;
  for (const YamlNode& item : node.items()) {
    const double number = item.is_scalar() && item.is_plain() ? read_number(item, path) : HUGE_VAL;
    numbers.push_back(std::isfinite(number) ? number : read_number(item, fmt::format("{}[{}]", path, count)));
    ++count;
  }
  return count;
}

Refuse refuse_in(const YamlNode& root) {
  return [root](const std::string& key, const std::string& message, ErrorCode code) {
    throw Error(code, locate(root, key).place(key), message);
  };
}

}  // namespace entente
