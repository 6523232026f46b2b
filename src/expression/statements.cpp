// SPDX-License-Identifier: MIT
// The part of the parser that reads statements.
#include <fmt/format.h>

#include <algorithm>

#include "expression/functions.hpp"
#include "expression/parser.hpp"

namespace entente::expression {

using enum TokenKind;

Tree Parser::parse_text() {
  if (tokens_.has_return) {
    tree_.is_body = true;
    return take(statements_until(end));
  }
  const NodeId value = expression_list();
  accept(new_line);
  if (token_->kind == assign)
    refuse(*token_, "`=` assigns, which needs a function body with `return`; equality is written `==`");
  if (token_->kind == indent || (token_ != tokens_.list.data() && token_->kind != end && token_[-1].kind == new_line))
    refuse(*token_,
           "the expression goes on in another line; put it in parentheses, or write a function body with `return`");
  if (token_->kind != end) unexpected("an operator or the end of the expression");
  return take(value);
}

Tree Parser::take(NodeId root) {
  Tree done = std::move(tree_);
  done.root = root;
  tree_ = {};
  many_symbols_.clear();
  loops_ = 0;
  return done;
}

NodeId Parser::statements_until(TokenKind closing) {
  const std::uint32_t at = token_->begin;
  Children statements;
  while (token_->kind != closing && token_->kind != end) statement_line(statements);
  accept(closing);
  return add(NodeKind::block, at, statements.first);
}

NodeId Parser::block() {
  const Nested nested(*this);
  expect(colon, "`:`");
  if (accept(new_line)) {
    expect(indent, "an indented block");
    return statements_until(dedent);
  }
  const std::uint32_t at = token_->begin;
  if (token_->kind == if_word || token_->kind == for_word || token_->kind == while_word)
    refuse(*token_, "a block begins on a new line");
  Children statements;
  statement_line(statements);
  return add(NodeKind::block, at, statements.first);
}

void Parser::statement_line(Children& statements) {
  if (token_->kind == if_word || token_->kind == for_word || token_->kind == while_word) {
    append(statements, compound());
    return;
  }
  for (;;) {
    const NodeId statement = simple_statement();
    if (statement != no_node) append(statements, statement);
    if (!accept(semicolon) || token_->kind == new_line) break;
  }
  if (!accept(new_line) && token_->kind != end) unexpected("the end of the line");
}

NodeId Parser::compound() {
  switch (token_->kind) {
    case if_word: return choice();
    case for_word: return for_loop();
    default: return while_loop();
  }
}

NodeId Parser::simple_statement() {
  const std::uint32_t at = token_->begin;
  switch (token_->kind) {
    case pass_word: step(); return no_node;
    case import_word:
    case from_word: import_line(tree_.imported); return no_node;
    case return_word: {
      step();
      const bool bare = token_->kind == new_line || token_->kind == semicolon || token_->kind == end;
      return add(NodeKind::result, at, bare ? no_node : expression_list());
    }
    case break_word:
    case continue_word: {
      if (loops_ == 0) refuse(*token_, fmt::format("`{}` stands outside a loop", text_of(*token_)));
      const NodeKind kind = token_->kind == break_word ? NodeKind::leave : NodeKind::proceed;
      step();
      return add(kind, at);
    }
    case elif_word:
    case else_word: refuse(*token_, fmt::format("`{}` follows no `if` of the same indentation", text_of(*token_)));
    case def_word: refuse(*token_, "functions are defined in a source file");
    default: return assignment_or_value();
  }
}

NodeId Parser::assignment_or_value() {
  const std::uint32_t at = token_->begin;
  const NodeId first = expression_list();
  if (token_->kind >= plus_assign && token_->kind <= double_star_assign) {
    static constexpr Operator operators[] = {Operator::add,    Operator::subtract,     Operator::multiply,
                                             Operator::divide, Operator::floor_divide, Operator::modulo,
                                             Operator::power};
    if (tree_.nodes[first].kind != NodeKind::name)
      source_.refuse(tree_.nodes[first].at, "only a name can be assigned to");
    make_target(first);
    const Operator op = operators[static_cast<int>(token_->kind) - static_cast<int>(plus_assign)];
    const std::uint32_t operator_at = (token_++)->begin;
    const NodeId value = expression_list();
    tree_.nodes[first].next = value;
    const NodeId node = add(NodeKind::augmented, operator_at, first);
    tree_.nodes[node].op = op;
    return node;
  }
  if (token_->kind == colon) refuse(*token_, "annotations are not supported");
  if (token_->kind != assign) return add(NodeKind::discard, at, first);
  Children targets;
  NodeId value = first;
  while (accept(assign)) {
    make_target(value);
    append(targets, value);
    value = expression_list();
  }
  tree_.nodes[value].next = targets.first;
  return add(NodeKind::assignment, at, value);
}

void Parser::make_target(NodeId id) {
  const Nested nested(*this);
  const Node& node = tree_.nodes[id];
  if (node.kind == NodeKind::name) {
    tree_.symbols[node.symbol].assigned = true;
  } else if (node.kind == NodeKind::tuple && node.first != no_node) {
    for (NodeId child = node.first; child != no_node; child = tree_.nodes[child].next) make_target(child);
  } else {
    source_.refuse(node.at, node.kind == NodeKind::index ? "lists cannot be changed" : "only names can be assigned to");
  }
}

/// What stands between `for` and `in`.
NodeId Parser::target() {
  const std::uint32_t at = token_->begin;
  Children names;
  const bool in_parentheses = accept(left_parenthesis);
  bool is_tuple = false;
  do {
    const Token& token = *token_;
    if (token.kind != TokenKind::name) {
      if (is_tuple) break;
      unexpected("a name");
    }
    step();
    const std::uint32_t symbol = intern(token);
    const NodeId node = add(NodeKind::name, token.begin);
    tree_.nodes[node].symbol = symbol;
    tree_.symbols[symbol].assigned = true;
    append(names, node);
    is_tuple |= token_->kind == comma;
  } while (accept(comma));
  if (in_parentheses) expect(right_parenthesis, "`)`");
  return is_tuple ? add(NodeKind::tuple, at, names.first) : names.first;
}

NodeId Parser::choice() {
  const std::uint32_t at = token_->begin;
  Children parts;
  do {
    step();  // over `if` or `elif`
    append(parts, expression());
    append(parts, block());
  } while (token_->kind == elif_word);
  if (accept(else_word)) append(parts, block());
  return add(NodeKind::choice, at, parts.first);
}

NodeId Parser::while_loop() {
  const std::uint32_t at = (token_++)->begin;
  Children parts;
  append(parts, expression());
  ++loops_;
  append(parts, block());
  --loops_;
  if (accept(else_word)) append(parts, block());
  return add(NodeKind::while_loop, at, parts.first);
}

NodeId Parser::for_loop() {
  const std::uint32_t at = (token_++)->begin;
  Children parts;
  append(parts, target());
  expect(in_word, "`in`");
  append(parts, expression_list());
  ++loops_;
  append(parts, block());
  --loops_;
  if (accept(else_word)) append(parts, block());
  return add(NodeKind::for_loop, at, parts.first);
}

void Parser::import_line(std::vector<std::string_view>& imported) {
  const bool names = token_->kind == from_word;
  step();
  if (token_->kind != TokenKind::name || text_of(*token_) != "math") refuse(*token_, "only `math` can be imported");
  step();
  if (names) {
    expect(import_word, "`import`");
    const bool in_parentheses = accept(left_parenthesis);
    do {
      if (in_parentheses && token_->kind == right_parenthesis) break;
      const Token& token = expect(TokenKind::name, "a name");
      const std::string_view member = text_of(token);
      if (!find_function(Space::math, member) && !math_constant(member))
        refuse(token, fmt::format("math has no `{}` here; it has {}", printable(std::string(member)),
                                  names_of(math_functions())));
      if (std::find(imported.begin(), imported.end(), member) == imported.end()) imported.push_back(member);
    } while (accept(comma));
    if (in_parentheses) expect(right_parenthesis, "`)`");
  }
  if (token_->kind != new_line && token_->kind != semicolon && token_->kind != end) unexpected("the end of the import");
}

}  // namespace entente::expression
