// SPDX-License-Identifier: MIT
// Expressions; statements.cpp holds the rest of the parser.
#include "expression/parser.hpp"

#include <fmt/format.h>

#include <limits>

#include "expression/functions.hpp"
#include "expression/literals.hpp"

namespace entente::expression {

using enum TokenKind;

std::string_view Parser::text_of(const Token& token) const {
  return std::string_view(source_.text).substr(token.begin, token.end - token.begin);
}

void Parser::refuse(const Token& token, const std::string& message) const { source_.refuse(token.begin, message); }

void Parser::unexpected(const char* expected) const {
  switch (token_->kind) {
    case end: refuse(*token_, fmt::format("the text ends where {} is expected", expected));
    case new_line: refuse(*token_, fmt::format("the line ends where {} is expected", expected));
    case indent: refuse(*token_, "the line is indented more than expected");
    case dedent: refuse(*token_, fmt::format("{} is expected before this line", expected));
    case foreign_word: refuse(*token_, fmt::format("`{}` is not part of the language", text_of(*token_)));
    case assign: refuse(*token_, fmt::format("`=` found where {} is expected; equality is written `==`", expected));
    default: break;
  }
  refuse(*token_, fmt::format("`{}` found where {} is expected", printable(std::string(text_of(*token_).substr(0, 80))),
                              expected));
}

bool Parser::accept(TokenKind kind) {
  if (token_->kind != kind) return false;
  ++token_;
  return true;
}

const Token& Parser::expect(TokenKind kind, const char* what) {
  if (token_->kind != kind) unexpected(what);
  return *token_++;
}

NodeId Parser::add(NodeKind kind, std::uint32_t at, NodeId first) {
  Node node;
  node.kind = kind;
  node.at = at;
  node.first = first;
  tree_.nodes.push_back(node);
  return static_cast<NodeId>(tree_.nodes.size() - 1);
}

NodeId Parser::add_binary(Operator op, std::uint32_t at, NodeId left, NodeId right) {
  tree_.nodes[left].next = right;
  const NodeId node = add(NodeKind::binary, at, left);
  tree_.nodes[node].op = op;
  return node;
}

void Parser::append(Children& children, NodeId child) {
  (children.first == no_node ? children.first : tree_.nodes[children.last].next) = child;
  children.last = child;
}

NodeId Parser::constant(const Token& token, Datum value) {
  const NodeId node = add(NodeKind::constant, token.begin);
  tree_.nodes[node].value = value;
  return node;
}

std::uint32_t Parser::intern(const Token& token) {
  constexpr std::size_t few = 16;
  const std::string_view name = text_of(token);
  auto& symbols = tree_.symbols;
  if (symbols.size() <= few) {
    for (std::size_t i = 0; i < symbols.size(); ++i)
      if (symbols[i].name == name) return static_cast<std::uint32_t>(i);
  } else {
    if (many_symbols_.empty())
      for (std::size_t i = 0; i < symbols.size(); ++i)
        many_symbols_.emplace(symbols[i].name, static_cast<std::uint32_t>(i));
    const auto [found, is_new] = many_symbols_.emplace(name, static_cast<std::uint32_t>(symbols.size()));
    if (!is_new) return found->second;
  }
  symbols.push_back({name, token.begin});
  return static_cast<std::uint32_t>(symbols.size() - 1);
}

NodeId Parser::expression_list() {
  const std::uint32_t at = token_->begin;
  Children items;
  append(items, expression());
  if (token_->kind != comma) return items.first;
  while (accept(comma)) {
    if (token_->kind == new_line || token_->kind == end || token_->kind == assign || token_->kind == colon) break;
    append(items, expression());
  }
  return add(NodeKind::tuple, at, items.first);
}

NodeId Parser::expression() {
  const Nested nested(*this);
  const std::uint32_t at = token_->begin;
  NodeId value = disjunction();
  if (token_->kind != if_word) return value;
  Children parts;
  while (accept(if_word)) {
    append(parts, disjunction());
    append(parts, value);
    expect(else_word, "`else` (a choice is `a if condition else b`)");
    value = disjunction();
  }
  append(parts, value);
  return add(NodeKind::conditional, at, parts.first);
}

NodeId Parser::disjunction() {
  const NodeId first = conjunction();
  if (token_->kind != or_word) return first;
  const std::uint32_t at = token_->begin;
  Children operands;
  append(operands, first);
  while (accept(or_word)) append(operands, conjunction());
  return add(NodeKind::disjunction, at, operands.first);
}

NodeId Parser::conjunction() {
  const NodeId first = inversion();
  if (token_->kind != and_word) return first;
  const std::uint32_t at = token_->begin;
  Children operands;
  append(operands, first);
  while (accept(and_word)) append(operands, inversion());
  return add(NodeKind::conjunction, at, operands.first);
}

NodeId Parser::inversion() {
  if (token_->kind != not_word) return comparison();
  const Nested nested(*this);
  const std::uint32_t at = token_->begin;
  step();
  return add(NodeKind::inversion, at, inversion());
}

bool Parser::comparison_operator(Operator& op) {
  switch (token_->kind) {
    case less: op = Operator::less; break;
    case less_equal: op = Operator::less_equal; break;
    case equals: op = Operator::equal; break;
    case not_equal: op = Operator::not_equal; break;
    case greater: op = Operator::greater; break;
    case greater_equal: op = Operator::greater_equal; break;
    case in_word: op = Operator::in; break;
    case is_word: op = token_[1].kind == not_word ? Operator::is_not : Operator::is; break;
    case not_word:
      if (token_[1].kind != in_word) return false;
      op = Operator::not_in;
      break;
    default: return false;
  }
  token_ += op == Operator::is_not || op == Operator::not_in ? 2 : 1;
  return true;
}

NodeId Parser::comparison() {
  const NodeId first = sum();
  const std::uint32_t at = token_->begin;
  Children operands;
  append(operands, first);
  for (Operator op; comparison_operator(op);) {
    const NodeId operand = sum();
    tree_.nodes[operand].joint = op;
    append(operands, operand);
  }
  return operands.last == first ? first : add(NodeKind::comparison, at, operands.first);
}

NodeId Parser::sum() {
  NodeId left = product();
  while (token_->kind == plus || token_->kind == minus) {
    const Token& sign = *token_++;
    left = add_binary(sign.kind == plus ? Operator::add : Operator::subtract, sign.begin, left, product());
  }
  return left;
}

NodeId Parser::product() {
  NodeId left = sign();
  for (;;) {
    Operator op;
    switch (token_->kind) {
      case star: op = Operator::multiply; break;
      case slash: op = Operator::divide; break;
      case double_slash: op = Operator::floor_divide; break;
      case percent: op = Operator::modulo; break;
      default: return left;
    }
    const std::uint32_t at = (token_++)->begin;
    left = add_binary(op, at, left, sign());
  }
}

NodeId Parser::sign() {
  if (token_->kind != minus && token_->kind != plus) {
    const NodeId base = primary();
    if (token_->kind != double_star) return base;
    const std::uint32_t at = token_->begin;
    const Nested nested(*this);
    step();
    return add_binary(Operator::power, at, base, sign());
  }
  const Nested nested(*this);
  const Token& mark = *token_++;
  // The smallest whole number has no positive counterpart, so its sign belongs to the literal.
  if (mark.kind == minus && token_->kind == TokenKind::number && token_[1].kind != double_star &&
      read_smallest_magnitude(text_of(*token_))) {
    step();
    return constant(mark, Datum::of(std::numeric_limits<std::int64_t>::min()));
  }
  const NodeId operand = sign();
  return add(mark.kind == minus ? NodeKind::negation : NodeKind::identity, mark.begin, operand);
}

NodeId Parser::primary() {
  NodeId value = atom();
  for (;;) {
    if (token_->kind == left_bracket) {
      const std::uint32_t at = token_->begin;
      step();
      const NodeId position = expression();
      if (token_->kind == colon) refuse(*token_, "slices are not supported");
      expect(right_bracket, "`]`");
      tree_.nodes[value].next = position;
      value = add(NodeKind::index, at, value);
    } else if (token_->kind == dot) {
      refuse_attribute(tree_.nodes[value]);
    } else if (token_->kind == left_parenthesis) {
      refuse(*token_, "only functions that have a name can be called");
    } else {
      return value;
    }
  }
}

/// Says first that a function is not allowed, if that is what stands before the dot.
void Parser::refuse_attribute(const Node& owner) const {
  if (owner.kind == NodeKind::call && owner.space == Space::plain && !find_function(Space::plain, owner.value.view()))
    source_.refuse(owner.at, fmt::format("the function `{}` is not allowed, nor are attributes",
                                         printable(std::string(owner.value.view()))));
  refuse(*token_, "attributes are not supported; only `math.` and `source.` stand before a dot");
}

NodeId Parser::atom() {
  const Token& token = *token_;
  switch (token.kind) {
    case TokenKind::number: return number();
    case TokenKind::string: return string();
    case TokenKind::name: return name();
    case left_parenthesis: return parenthesized();
    case left_bracket: return bracketed();
    case true_word: step(); return constant(token, Datum::of(true));
    case false_word: step(); return constant(token, Datum::of(false));
    case none_word: step(); return constant(token, Datum::none());
    default: unexpected("a value");
  }
}

NodeId Parser::name() {
  const Token& first = *token_++;
  if (token_->kind == left_parenthesis) return call(Space::plain, first);
  const std::string_view text = text_of(first);
  if (token_->kind == dot && (text == "math" || text == "source")) {
    const Space space = text == "math" ? Space::math : Space::source;
    step();
    const Token& member = expect(TokenKind::name, "a name after the dot");
    if (token_->kind == left_parenthesis) return call(space, member);
    const NodeId node = add(NodeKind::attribute, member.begin);
    tree_.nodes[node].space = space;
    tree_.nodes[node].value = Datum::of(text_of(member));
    return node;
  }
  const std::uint32_t symbol = intern(first);
  const NodeId node = add(NodeKind::name, first.begin);
  tree_.nodes[node].symbol = symbol;
  return node;
}

NodeId Parser::call(Space space, const Token& name) {
  step();
  Children arguments;
  while (token_->kind != right_parenthesis) {
    if (token_->kind == star || token_->kind == double_star) refuse(*token_, "spread arguments are not supported");
    if (token_->kind == TokenKind::name && token_[1].kind == assign)
      refuse(*token_, "arguments by name are not supported; give them in order");
    append(arguments, expression());
    refuse_comprehension();
    if (!accept(comma)) break;
  }
  expect(right_parenthesis, "`,` or `)`");
  const NodeId node = add(NodeKind::call, name.begin, arguments.first);
  tree_.nodes[node].space = space;
  tree_.nodes[node].value = Datum::of(text_of(name));
  return node;
}

void Parser::refuse_comprehension() const {
  if (token_->kind == for_word)
    refuse(*token_, "comprehensions and generators are not supported; write a `for` loop in a function body");
}

NodeId Parser::parenthesized() {
  const Token& open = *token_++;
  if (accept(right_parenthesis)) return add(NodeKind::tuple, open.begin);
  Children items;
  append(items, expression());
  refuse_comprehension();
  if (accept(right_parenthesis)) return items.first;
  while (accept(comma)) {
    if (token_->kind == right_parenthesis) break;
    append(items, expression());
  }
  expect(right_parenthesis, "`,` or `)`");
  return add(NodeKind::tuple, open.begin, items.first);
}

NodeId Parser::bracketed() {
  const Token& open = *token_++;
  Children items;
  while (token_->kind != right_bracket) {
    append(items, expression());
    refuse_comprehension();
    if (!accept(comma)) break;
  }
  expect(right_bracket, "`,` or `]`");
  return add(NodeKind::list, open.begin, items.first);
}

NodeId Parser::number() {
  const Token& token = *token_++;
  return constant(token, read_number(source_, token.begin, text_of(token)));
}

NodeId Parser::string() {
  const Token& first = *token_;
  std::string_view value = read_string(source_, first.begin, text_of(first), storage_);
  for (step(); token_->kind == TokenKind::string; step()) {  // neighbouring texts are one
    const std::string_view more = read_string(source_, token_->begin, text_of(*token_), storage_);
    char* joined = storage_.text(value.size() + more.size());
    more.copy(joined + value.copy(joined, value.size()), more.size());
    value = {joined, value.size() + more.size()};
  }
  return constant(first, Datum::of(value));
}

}  // namespace entente::expression
