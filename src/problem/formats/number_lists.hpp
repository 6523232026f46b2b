// SPDX-License-Identifier: MIT
// Numbers, lists of numbers and matrices of a document, with the place of what is none.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entente/base/dense_matrix.hpp"
#include "problem/formats/yaml_document.hpp"
#include "problem/refuse.hpp"

namespace entente {

/// A map, or what its keys have to say: a document of numbers with names.
class NumberMap {
 public:
  /// Throws Error{bad_input} unless `node` is a map. `path` stands for it in messages, as in `agents[3]`; empty for the
  /// whole document.
  NumberMap(const YamlNode& node, std::string path);

  const YamlNode& node() const { return node_; }
  std::string path(std::string_view key) const;
  std::optional<YamlNode> find(std::string_view key) const { return node_.find(key); }
  /// Throws Error{bad_input} where the key is missing.
  YamlNode get(std::string_view key) const;

  /// Each throws Error{bad_input} with place and key of what is not as expected; `absent` is what a missing key means.
  double number(std::string_view key, std::optional<double> absent) const;
  std::size_t count(std::string_view key) const;
  std::string text(std::string_view key, std::optional<std::string> absent) const;
  std::vector<double> numbers(std::string_view key, std::size_t size, std::optional<double> absent) const;
  /// Rows of one length; no rows where the key is missing.
  DenseMatrix matrix(std::string_view key) const;
  /// Items of a list; throws if there is none.
  YamlNode list(std::string_view key) const;

  /// Calls warn with a sentence for every key that is not among `known`.
  void warn_unknown(std::initializer_list<std::string_view> known,
                    const std::function<void(const std::string&)>& warn) const;

 private:
  YamlNode node_;
  std::string path_;
};

/// A number, infinite ones included. `path` stands for it in messages.
double read_number(const YamlNode& node, const std::string& path);
/// A list of them, appended to `numbers`; returns how many.
std::size_t read_numbers(const YamlNode& node, const std::string& path, std::vector<double>& numbers);

/// Throws what checks refuse with the place that the key has in the document: `agents[3].q[0]`, or the nearest part of
/// it that is there.
Refuse refuse_in(const YamlNode& root);

}  // namespace entente
