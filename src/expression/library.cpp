// SPDX-License-Identifier: MIT
#include "expression/library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "expression/compiler.hpp"
#include "expression/functions.hpp"
#include "expression/lexer.hpp"
#include "expression/machine.hpp"
#include "expression/parser.hpp"

namespace entente::expression {
namespace {

using enum TokenKind;

template <class Map>
std::optional<std::uint32_t> find_in(const Map& map, std::string_view name) {
  const auto found = map.find(std::string(name));
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

/// Walks over the top level of a source file.
class Reader {
 public:
  Reader(Library& library, const Limits& limits)
      : library_(library),
        limits_(limits),
        tokens_(tokenize(library.source, limits)),
        parser_(library.source, tokens_, limits, library.storage) {}

  void run() {
    declare();
    while (!parser_.at(end)) read_statement();
  }

 private:
  /// Finds the names first, since functions may use what stands below them.
  void declare() {
    int level = 0;
    bool at_start = true, in_definition = false;  // which may stand on one line: `def f(): a = 1; return a`
    for (const Token* token = tokens_.list.data(); token->kind != end; ++token) {
      if (at_start && level == 0) {
        in_definition = token->kind == def_word;
        if (in_definition && token[1].kind == name) declare(token[1], true);
        if (token->kind == name && token[1].kind == assign) declare(*token, false);
      }
      level += token->kind == indent ? 1 : token->kind == dedent ? -1 : 0;
      at_start = token->kind == new_line || token->kind == dedent || (token->kind == semicolon && !in_definition);
    }
  }

  void declare(const Token& token, bool is_definition) {
    const std::string text(parser_.text_of(token));
    if (library_.definition_of.contains(text) || library_.constant_of.contains(text))
      parser_.refuse(token, fmt::format("`{}` is defined twice", printable(text)));
    if (is_definition) {
      library_.definition_of.emplace(text, library_.definitions.size());
      library_.definitions.push_back({text, 0, {}, {}});
      read_parameters_ahead(&token + 1);
    } else {
      library_.constant_of.emplace(text, library_.constants.size());
      library_.constants.push_back({text, {}});
    }
  }

  /// Counts parameters and defaults, so that calls above the definition can be checked.
  void read_parameters_ahead(const Token* token) {
    Definition& definition = library_.definitions.back();
    if (token->kind != left_parenthesis) return;
    int level = 0;
    for (; token->kind != end; ++token) {
      level += token->kind == left_parenthesis || token->kind == left_bracket;
      level -= token->kind == right_parenthesis || token->kind == right_bracket;
      if (level == 0) return;
      const bool begins = token[-1].kind == comma || token[-1].kind == left_parenthesis;
      if (level == 1 && begins && token->kind == name) {
        ++definition.parameters;
        if (token[1].kind == assign) definition.defaults.emplace_back();
      }
    }
  }

  void read_statement() {
    switch (parser_.token().kind) {
      case def_word: read_definition(); return;
      case import_word:
      case from_word: parser_.import_line(imported_); break;
      case string:
        parser_.expression();
        parser_.take(no_node);
        break;
      case pass_word: parser_.step(); break;
      case name: read_constant(); break;
      default: parser_.unexpected("`import math`, `NAME = value` or `def`");
    }
    if (!parser_.accept(semicolon) && !parser_.accept(new_line) && !parser_.at(end))
      parser_.unexpected("the end of the line");
    parser_.accept(new_line);
  }

  /// Evaluates an expression that stands outside functions.
  Datum read_value() {
    const NodeId root = parser_.expression_list();
    Tree tree = parser_.take(root);
    tree.imported = imported_;
    const Compiled compiled = compile_tree(tree, {library_.source, library_.storage, &library_, true});
    for (const Instruction& instruction : compiled.code.instructions)
      if (instruction.opcode == Opcode::call_definition &&
          library_.definitions[static_cast<std::size_t>(instruction.operand)].code.instructions.empty())
        library_.source.refuse(tree.nodes[root].at, "a function is called above its definition");
    Machine machine(compiled.code, &library_, limits_);
    return copy_into(library_.storage, machine.run());
  }

  void read_constant() {
    const Token& token = parser_.token();
    parser_.step();
    if (!parser_.at(assign)) parser_.unexpected("`=` (a source file holds `NAME = value` and `def` functions)");
    parser_.step();
    const Datum value = read_value();
    library_.constants[*library_.find_constant(parser_.text_of(token))].value = value;
  }

  void read_definition() {
    parser_.step();
    const Token& title = parser_.expect(name, "the name of the function");
    Definition& definition = library_.definitions[*library_.find_definition(parser_.text_of(title))];
    parser_.expect(left_parenthesis, "`(`");
    std::vector<Token> parameters;
    std::vector<Datum> defaults;
    while (!parser_.at(right_parenthesis)) {
      const Token& parameter = parser_.expect(name, "the name of a parameter");
      for (const Token& other : parameters)
        if (parser_.text_of(other) == parser_.text_of(parameter))
          parser_.refuse(parameter, "the parameter stands there twice");
      parameters.push_back(parameter);
      if (parameters.size() > 1000) parser_.refuse(parameter, "a function has at most 1000 parameters");
      if (parser_.at(colon)) parser_.refuse(parser_.token(), "annotations are not supported");
      if (parser_.accept(assign))
        defaults.push_back(read_default());
      else if (!defaults.empty())
        parser_.refuse(parameter, "a parameter without default follows one with a default");
      if (!parser_.accept(comma)) break;
    }
    parser_.expect(right_parenthesis, "`,` or `)`");
    std::vector<std::uint32_t> symbols;
    for (const Token& parameter : parameters) symbols.push_back(parser_.intern(parameter));
    Tree tree = parser_.take(parser_.block());
    tree.is_body = true;
    tree.imported.insert(tree.imported.end(), imported_.begin(), imported_.end());
    definition.defaults = std::move(defaults);
    definition.code = compile_tree(tree, {library_.source, library_.storage, &library_, true}, symbols).code;
  }

  Datum read_default() {
    const NodeId root = parser_.expression();
    Tree tree = parser_.take(root);
    tree.imported = imported_;
    const Compiled compiled = compile_tree(tree, {library_.source, library_.storage, &library_, true});
    Machine machine(compiled.code, &library_, limits_);
    return copy_into(library_.storage, machine.run());
  }

  Library& library_;
  const Limits& limits_;
  const Tokens tokens_;
  Parser parser_;
  std::vector<std::string_view> imported_;
};

}  // namespace

Library::Library(SourceText text, const Limits& limits)
    : source(std::move(text)), id(next_id()), storage(storage_limits(limits)) {}

std::optional<std::uint32_t> Library::find_definition(std::string_view name) const {
  return find_in(definition_of, name);
}
std::optional<std::uint32_t> Library::find_constant(std::string_view name) const { return find_in(constant_of, name); }

std::string Library::offers() const {
  std::string text;
  for (const auto* map : {&definition_of, &constant_of}) {
    std::vector<std::string> names;
    for (const auto& [name, position] : *map) names.push_back(name);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? "nothing" : printable(text, 300);
}

Limits storage_limits(Limits limits) {
  limits.instructions = std::uint64_t{1} << 62;
  return limits;
}

Datum copy_into(Workspace& storage, const Datum& datum) {
  if (datum.kind == Kind::text) {
    char* text = storage.text(datum.length);
    std::copy_n(datum.text, datum.length, text);
    return Datum::of(std::string_view(text, datum.length));
  }
  if (datum.kind == Kind::range) return storage.range(datum.range->start, datum.range->step, datum.range->count);
  if (!datum.is_items()) return datum;
  Datum* items = storage.items(datum.length);
  for (std::uint32_t i = 0; i < datum.length; ++i) items[i] = copy_into(storage, datum.items[i]);
  return storage.sequence(datum.kind, items, datum.length);
}

std::shared_ptr<const Library> read_library(std::string_view text, const std::string& file_name, const Limits& limits) {
  auto library = std::make_shared<Library>(SourceText{std::string(text), Place{file_name, 1, 1, ""}}, limits);
  try {
    Reader(*library, limits).run();
  } catch (const Failure& failure) {
    const SourceText& source = library->source;
    throw EvaluationError(failure.kind, failure.source ? source.place(failure.at) : source.where,
                          fmt::format("{} in {}", failure.message, source.excerpt(failure.at)));
  }
  return library;
}

}  // namespace entente::expression
