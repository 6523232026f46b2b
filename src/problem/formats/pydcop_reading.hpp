// SPDX-License-Identifier: MIT
// PydcopReading: what the parts of the pyDCOP YAML reader share. One part a file: domains, variables, constraints,
// agents.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "entente/problem/builder.hpp"
#include "entente/problem/formats.hpp"
#include "problem/builder_state.hpp"
#include "problem/formats/value_lookup.hpp"
#include "problem/formats/yaml_document.hpp"

namespace entente {

/// An entry of a section: `x` of `variables`, found with the file it is in.
struct SectionEntry {
  std::string_view section;
  YamlNode key, value;

  std::string_view name() const { return key.text(); }
  /// `variables.x`, or `variables.x.domain`.
  std::string path(std::string_view part = {}) const;
  Place place(std::string_view part = {}) const { return key.place(path(part)); }
};

/// One reading of one problem from one or several documents.
class PydcopReading {
 public:
  PydcopReading(std::span<const YamlDocument> documents, std::string directory, const ReadOptions& options);
  Problem read();

 private:
  // Each in its own file: domains (.._domains), variables and external variables (.._variables), constraints
  // (.._constraints, .._extensional), agents and placement (.._agents).
  void read_domains();
  void read_variables();
  void read_externals();
  void read_constraints();
  void read_agents();
  void read_routes();
  void read_hosting_costs();
  void read_hints();

  void read_head();
  void check_sections();

  // Domains and variables.
  std::vector<Value> domain_values(const SectionEntry& entry, const YamlNode& values);
  std::optional<std::vector<Value>> range_values(const SectionEntry& entry, std::string_view text,
                                                 const YamlNode& node);
  std::uint32_t find_domain(const SectionEntry& entry, const std::optional<YamlNode>& node);
  ValueIndex find_value(const Domain& domain, const YamlNode& node, const std::string& path);
  void read_unary_costs(const SectionEntry& entry, VariableId variable, const YamlNode& costs);
  void add_noise(const SectionEntry& entry, VariableId variable, const YamlNode& level);

  // Constraints.
  struct Table;
  static std::string function_text(const YamlNode& node, const std::string& path);
  void read_constraint(const SectionEntry& entry);
  void read_intention(const SectionEntry& entry, const YamlNode& function, const std::optional<YamlNode>& source,
                      const std::optional<YamlNode>& partial);
  void read_extensional(const SectionEntry& entry, const YamlNode& variables, const YamlNode& values,
                        const std::optional<YamlNode>& default_cost);
  ExpressionContext context(const SectionEntry& entry, const std::optional<YamlNode>& source,
                            const std::optional<YamlNode>& partial);
  Table table_scope(const SectionEntry& entry, const YamlNode& variables);
  void read_tuples(const SectionEntry& entry, Table& table, const YamlNode& values);
  void read_tuple(const SectionEntry& entry, Table& table, const YamlNode& node, std::string_view text, double cost);
  void finish_dense(const SectionEntry& entry, Table& table);
  void finish_sparse(const SectionEntry& entry, Table& table);
  const ValueLookup& lookup(std::uint32_t domain);

  // Sections.
  std::vector<YamlNode> section(std::string_view name) const;
  /// The entries of a section's maps in all documents; one name twice is an error.
  std::vector<SectionEntry> section_entries(std::string_view name) const;
  void warn(const Place& place, const std::string& message) const;
  /// Warns of a key that is none of `known`; only when it resembles one, if others are allowed.
  void warn_unknown_key(const Place& place, std::string_view key, std::initializer_list<std::string_view> known,
                        bool others_allowed) const;
  [[noreturn]] static void fail(const Place& place, const std::string& message);
  static double number(const YamlNode& node, const std::string& path, std::string_view what);
  static std::string text(const YamlNode& node, const std::string& path, std::string_view what);

  std::span<const YamlDocument> documents_;
  std::string directory_;
  const ReadOptions& options_;
  ProblemBuilder builder_;
  std::vector<ValueIndex> domain_initial_;           // default initial value of each domain's variables
  std::vector<std::optional<ValueLookup>> lookups_;  // one a domain, made on first use
  std::unordered_map<std::string, std::shared_ptr<const expression::Library>> libraries_;  // by path
};

}  // namespace entente
