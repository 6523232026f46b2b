// SPDX-License-Identifier: MIT
// Reading the tree of a YamlDocument.
#include "problem/formats/yaml_document.hpp"

namespace entente {

YamlNode YamlDocument::root() const { return {tree_->records, tree_->file, 0}; }

Place YamlNode::text_place(std::string key) const {
  const bool block = record().style == ScalarStyle::block;
  return {*file_, record().line + (block ? 1 : 0), record().text_column, std::move(key)};
}

std::string YamlNode::description() const {
  if (is_list()) return "a list";
  if (is_map()) return "a map";
  const std::string shown = printable(std::string(text()));
  switch (resolve().kind) {
    case ScalarKind::null: return "nothing";
    case ScalarKind::boolean: return "the boolean " + shown;
    case ScalarKind::text: return "the text '" + shown + "'";
    default: return "the number " + shown;
  }
}

std::string YamlNode::flow_text() const {
  if (is_scalar()) {
    if (is_plain() && text().empty()) return "null";
    return is_plain() && resolve().kind != ScalarKind::text ? std::string(text()) : yaml_text(text());
  }
  std::string flow;
  if (is_list()) {
    for (const YamlNode item : items()) flow += (flow.empty() ? "" : ", ") + item.flow_text();
    return '[' + flow + ']';
  }
  for (const Entry entry : entries())
    flow += (flow.empty() ? "" : ", ") + yaml_flow_key(entry.name().empty() ? "\"\"" : entry.key.flow_text()) +
            entry.value.flow_text();
  return '{' + flow + '}';
}

std::optional<YamlNode> YamlNode::find(std::string_view key) const {
  for (const Entry entry : entries())
    if (entry.name() == key) return entry.value;
  return std::nullopt;
}

}  // namespace entente
