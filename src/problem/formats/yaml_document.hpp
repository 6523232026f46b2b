// SPDX-License-Identifier: MIT
// YamlDocument: one YAML document as a compact tree whose every node knows its line and column.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entente/base/error.hpp"
#include "problem/formats/yaml_scalar.hpp"

namespace entente {

/// Limits that keep hostile text from taking the machine.
struct YamlLimits {
  std::uint32_t depth = 100;                        ///< Nesting of lists and maps.
  std::size_t alias_bytes = std::size_t(64) << 20;  ///< What aliases may stand for; 32 times the text is added.
};

enum class YamlKind : std::uint8_t { scalar, list, map, alias };
enum class ScalarStyle : std::uint8_t { plain, quoted, block };

/// A node of the tree as it is stored; read it through YamlNode.
struct YamlRecord {
  YamlKind kind;
  ScalarStyle style;
  bool resolved;  ///< Scalar: its type follows from its text, as for plain ones; else it is text.
  std::uint32_t line, column;
  std::uint32_t text_column;  ///< Column of the first character of the text, without quotes; 0 if unknown.
  std::uint32_t first;        ///< First child (maps: key, value, key, value, …), or what an alias stands for.
  std::uint32_t next;         ///< Next sibling.
  const char* text;
  std::size_t size;  ///< Bytes of a scalar, items of a list, entries of a map.
};

class YamlNode;

/// A parsed document. Nodes stay valid as long as it lives, also when it is moved.
class YamlDocument {
 public:
  /// Parses `text`, which is exactly one document. `file` stands for it in messages.
  ///
  /// Map keys are scalars and unique, merge keys (`<<`) are carried out, aliases are kept as references.
  /// Errors  Error{bad_input} with line and column: syntax, encoding, control characters, no or several documents,
  ///         duplicate keys, tags other than those of the core schema, aliases that are unknown or hold themselves;
  ///         Error{too_large} for a limit.
  /// Cost    O(text) time; about 48 bytes a node and the text of the scalars.
  static YamlDocument parse(std::string_view text, std::string file, const YamlLimits& limits = {});

  YamlNode root() const;
  const std::string& file() const { return tree_->file; }

 private:
  struct Tree {
    std::string file;
    std::pmr::monotonic_buffer_resource characters;
    std::vector<YamlRecord> records;
  };
  friend class YamlNode;
  friend class YamlTreeBuilder;

  std::unique_ptr<Tree> tree_ = std::make_unique<Tree>();
};

/// A handle on a node of a document; copied freely.
class YamlNode {
 public:
  YamlNode(const std::vector<YamlRecord>& records, const std::string& file, std::uint32_t index)
      : records_(&records), file_(&file), index_(index) {
    if (record().kind == YamlKind::alias) index_ = record().first;
  }

  bool is_scalar() const { return record().kind == YamlKind::scalar; }
  bool is_list() const { return record().kind == YamlKind::list; }
  bool is_map() const { return record().kind == YamlKind::map; }
  bool is_null() const { return is_scalar() && record().resolved && resolve().kind == ScalarKind::null; }
  /// Items of a list, entries of a map.
  std::size_t size() const { return record().size; }

  /// Only for scalars.
  std::string_view text() const { return {record().text, record().size}; }
  /// Whether the scalar's type follows from its text.
  bool is_plain() const { return record().resolved; }
  CoreScalar resolve() const {
    return is_plain() ? resolve_core(text()) : CoreScalar{ScalarKind::text, std::string(text())};
  }

  Place place(std::string key = {}) const { return {*file_, record().line, record().column, std::move(key)}; }
  /// Where the text of a scalar begins: behind a quote, below the sign of a block.
  Place text_place(std::string key = {}) const;
  std::uint32_t line() const { return record().line; }
  const std::string& file() const { return *file_; }

  /// `a list`, `the number 3`: what a message says was found.
  std::string description() const;
  /// The node as YAML flow text that reads back the same.
  std::string flow_text() const;

  /// The value of a key of a map. O(entries).
  std::optional<YamlNode> find(std::string_view key) const;

  struct Entry;
  template <class Item>
  class Range;
  Range<YamlNode> items() const;
  Range<Entry> entries() const;

 private:
  const YamlRecord& record() const { return (*records_)[index_]; }

  const std::vector<YamlRecord>* records_;
  const std::string* file_;
  std::uint32_t index_;
};

struct YamlNode::Entry {
  YamlNode key, value;
  std::string_view name() const { return key.text(); }
};

/// The children of a list (as nodes) or of a map (as entries), for range-for.
template <class Item>
class YamlNode::Range {
 public:
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  class Iterator {
   public:
    Iterator(const YamlNode& parent, std::uint32_t index) : parent_(parent), index_(index) {}
    Item operator*() const {
      if constexpr (std::is_same_v<Item, YamlNode>)
        return at(index_);
      else
        return {at(index_), at(next(index_))};
    }
    Iterator& operator++() {
      index_ = next(index_);
      if constexpr (!std::is_same_v<Item, YamlNode>) index_ = next(index_);
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    YamlNode at(std::uint32_t index) const { return {*parent_.records_, *parent_.file_, index}; }
    std::uint32_t next(std::uint32_t index) const { return (*parent_.records_)[index].next; }

    YamlNode parent_;
    std::uint32_t index_;
  };

  explicit Range(const YamlNode& parent) : parent_(parent) {}
  Iterator begin() const { return {parent_, parent_.record().size ? parent_.record().first : none}; }
  Iterator end() const { return {parent_, none}; }

 private:
  YamlNode parent_;
};

inline YamlNode::Range<YamlNode> YamlNode::items() const { return Range<YamlNode>(*this); }
inline YamlNode::Range<YamlNode::Entry> YamlNode::entries() const { return Range<Entry>(*this); }

}  // namespace entente
