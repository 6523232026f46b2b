// SPDX-License-Identifier: MIT
// Builds the syntax tree of an expression, a function body or a definition. Nesting is limited, so that the recursion
// here and in the compiler has bounded depth; long flat chains (`a + b + ...`, `elif`, `a if b else c if ...`) are not
// nesting.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "expression/lexer.hpp"
#include "expression/syntax.hpp"

namespace entente::expression {

class Parser {
 public:
  /// `storage` owns texts with escapes; it outlives the tree, as `source` does.
  Parser(const SourceText& source, const Tokens& tokens, const Limits& limits, Workspace& storage)
      : source_(source), tokens_(tokens), limits_(limits), storage_(storage), token_(tokens.list.data()) {}

  /// The whole text: a function body if it contains `return`, otherwise one expression.
  Tree parse_text();

  // The pieces of a source file, whose reader walks over its top level. Names refer to the current tree.
  const Token& token() const { return *token_; }
  bool at(TokenKind kind) const { return token_->kind == kind; }
  bool accept(TokenKind kind);
  /// Throws an Error unless the current token is `kind`, then steps over it.
  const Token& expect(TokenKind kind, const char* what);
  std::string_view text_of(const Token& token) const;
  void step() { ++token_; }
  [[noreturn]] void refuse(const Token& token, const std::string& message) const;
  /// Says what was found instead of `expected`.
  [[noreturn]] void unexpected(const char* expected) const;

  NodeId expression();
  NodeId expression_list();
  NodeId block();
  void import_line(std::vector<std::string_view>& imported);
  std::uint32_t intern(const Token& name);
  /// Hands out the tree built so far with this root and begins a new one.
  Tree take(NodeId root);

 private:
  struct Children {
    NodeId first = no_node;
    NodeId last = no_node;
  };
  class Nested;

  NodeId add(NodeKind kind, std::uint32_t at, NodeId first = no_node);
  NodeId add_binary(Operator op, std::uint32_t at, NodeId left, NodeId right);
  void append(Children& children, NodeId child);
  NodeId constant(const Token& token, Datum value);

  NodeId disjunction();
  NodeId conjunction();
  NodeId inversion();
  NodeId comparison();
  bool comparison_operator(Operator& op);
  NodeId sum();
  NodeId product();
  NodeId sign();
  NodeId primary();
  NodeId atom();
  NodeId name();
  NodeId call(Space space, const Token& name);
  NodeId parenthesized();
  NodeId bracketed();
  NodeId number();
  NodeId string();
  void refuse_comprehension() const;
  [[noreturn]] void refuse_attribute(const Node& owner) const;

  NodeId statements_until(TokenKind closing);
  void statement_line(Children& statements);
  NodeId compound();
  NodeId simple_statement();
  NodeId assignment_or_value();
  NodeId choice();
  NodeId while_loop();
  NodeId for_loop();
  void make_target(NodeId node);
  NodeId target();

  const SourceText& source_;
  const Tokens& tokens_;
  const Limits& limits_;
  Workspace& storage_;
  const Token* token_;
  Tree tree_;
  int depth_ = 0;
  int loops_ = 0;
  std::unordered_map<std::string_view, std::uint32_t> many_symbols_;  // used when there are more than a few
};

/// Counts the nesting while it lives.
class Parser::Nested {
 public:
  explicit Nested(Parser& parser) : depth_(parser.depth_) {
    if (++depth_ > parser.limits_.depth)
      parser.source_.refuse(parser.token_->begin, "the nesting is too deep", ErrorCode::too_large);
  }
  ~Nested() { --depth_; }

 private:
  int& depth_;
};

}  // namespace entente::expression
