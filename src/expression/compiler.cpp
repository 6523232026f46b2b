// SPDX-License-Identifier: MIT
#include "expression/code_writer.hpp"

#include <fmt/format.h>

#include <limits>

#include "expression/arithmetic.hpp"
#include "expression/functions.hpp"

namespace entente::expression {
Compiled CodeWriter::run(std::span<const std::uint32_t> parameters) {
  std::vector<std::string> names;
  assign_slots(parameters, names);
  if (tree_.is_body) {
    block(tree_.root);
    constant(Datum::none(), node(tree_.root).at);
  } else {
    value(tree_.root);
  }
  emit(Opcode::give, node(tree_.root).at, -1);
  return {std::move(code_), std::move(names)};
}

void CodeWriter::assign_slots(std::span<const std::uint32_t> parameters, std::vector<std::string>& names) {
  const auto& symbols = tree_.symbols;
  slot_.assign(symbols.size(), -1);
  std::int32_t next = 0;
  const auto give_slot = [&](std::size_t symbol, std::vector<std::string>& list) {
    slot_[symbol] = next++;
    list.emplace_back(symbols[symbol].name);
  };
  for (const std::uint32_t symbol : parameters) give_slot(symbol, names);
  if (!around_.in_library)
    for (std::size_t i = 0; i < symbols.size(); ++i)
      if (!symbols[i].assigned && !is_imported(symbols[i].name)) give_slot(i, names);
  code_.arguments = static_cast<std::uint32_t>(next);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (!symbols[i].assigned) continue;
    assigned_.push_back(symbols[i].name);
    if (slot_[i] < 0) give_slot(i, code_.locals);
  }
  std::sort(assigned_.begin(), assigned_.end());
  code_.slots = static_cast<std::uint32_t>(next);
}

/// Replaces the `count` operands of `where`, whose code begins at `start`, by one constant if they are all constants.
bool CodeWriter::fold(const Node& where, std::size_t start, std::int32_t count) {
  auto& code = code_.instructions;
  auto& constants = code_.constants;
  const auto is_constant = [](const Instruction& instruction) { return instruction.opcode == Opcode::constant; };
  if (code.size() - start != static_cast<std::size_t>(count) ||
      !std::all_of(code.begin() + static_cast<std::ptrdiff_t>(start), code.end(), is_constant))
    return false;
  const bool is_list = where.kind == NodeKind::list || where.kind == NodeKind::tuple;
  if (!is_list) {
    constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
    const Datum& number = constants.back();
    const bool has_negative = number.kind == Kind::real || (number.is_whole() && number.integer != smallest);
    if (where.kind != NodeKind::negation || !has_negative) return false;
    constants.back() = negate(number);
    return true;
  }
  const std::size_t kept = constants.size() - static_cast<std::size_t>(count);
  Datum* items = around_.storage.items(static_cast<std::size_t>(count));
  std::copy(constants.begin() + static_cast<std::ptrdiff_t>(kept), constants.end(), items);
  constants.resize(kept);
  code.resize(start);
  code_.places.resize(start);
  depth_ -= count;
  constant(around_.storage.sequence(where.kind == NodeKind::list ? Kind::list : Kind::tuple, items,
                                    static_cast<std::size_t>(count)),
           where.at);
  return true;
}

void CodeWriter::value(NodeId id) {
  const Node& where = node(id);
  switch (where.kind) {
    case NodeKind::constant: constant(where.value, where.at); return;
    case NodeKind::name: name(where); return;
    case NodeKind::attribute: attribute(where, where.space, where.value.view()); return;
    case NodeKind::call: call(where); return;
    case NodeKind::binary:
    case NodeKind::index: chain(id); return;
    case NodeKind::comparison: comparison(where); return;
    case NodeKind::conjunction: short_circuit(where, Opcode::jump_if_false_or_pop); return;
    case NodeKind::disjunction: short_circuit(where, Opcode::jump_if_true_or_pop); return;
    case NodeKind::conditional: conditional(where); return;
    default: break;
  }
  const std::size_t start = code_.instructions.size();
  const std::int32_t count = values(where.first);
  if (fold(where, start, count)) return;
  switch (where.kind) {
    case NodeKind::negation: emit(Opcode::negate, where.at, 0); return;
    case NodeKind::identity: emit(Opcode::identity, where.at, 0); return;
    case NodeKind::inversion: emit(Opcode::invert, where.at, 0); return;
    case NodeKind::list: emit(Opcode::make_list, where.at, 1 - count, count); return;
    default: emit(Opcode::make_tuple, where.at, 1 - count, count); return;
  }
}

/// A chain like `a + b - c[i]` is deep on its left; it is walked in a loop, so that its length is not nesting.
void CodeWriter::chain(NodeId id) {
  const std::size_t bottom = spine_.size();
  while (node(id).kind == NodeKind::binary || node(id).kind == NodeKind::index) {
    spine_.push_back(id);
    id = node(id).first;
  }
  value(id);
  while (spine_.size() > bottom) {
    const Node& where = node(spine_.back());
    spine_.pop_back();
    const std::size_t right = code_.instructions.size();
    value(node(where.first).next);
    if (where.kind == NodeKind::index)
      emit(Opcode::index, where.at, -1);
    else
      combine(where.op, where.at, right);
  }
}

void CodeWriter::name(const Node& where) {
  const Symbol& symbol = tree_.symbols[where.symbol];
  const std::int32_t slot = slot_[where.symbol];
  if (slot >= 0) {
    emit(static_cast<std::uint32_t>(slot) < code_.arguments ? Opcode::argument : Opcode::local, where.at, 1, slot);
  } else if (is_imported(symbol.name)) {
    attribute(where, Space::math, symbol.name);
  } else {
    attribute(where, Space::source, symbol.name);  // only in a library; elsewhere the name is free and has a slot
  }
}

void CodeWriter::attribute(const Node& where, Space space, std::string_view name) {
  if (space == Space::math) {
    if (const auto known = math_constant(name)) return constant(*known, where.at);
    if (find_function(Space::math, name))
      refuse(where, fmt::format("`math.{}` is a function: give it arguments", name));
    refuse(where, fmt::format("math has no `{}` here; its constants are pi, e, tau, inf and nan", name_text(name)));
  }
  if (!around_.library) refuse(where, "`source.` needs a source file (`source:`)");
  const auto position = around_.library->find_constant(name);
  if (!position) {
    if (around_.library->find_definition(name))
      refuse(where, fmt::format("`{}` is a function: give it arguments", name_text(name)));
    refuse(where, around_.in_library ? fmt::format("the name `{}` is not known here", name_text(name))
                                     : fmt::format("the source file has no `{}`; it has {}", name_text(name),
                                                   around_.library->offers()));
  }
  if (around_.in_library) {
    emit(Opcode::global, where.at, 1, static_cast<std::int32_t>(*position));
    code_.uses_library = true;
  } else {
    constant(around_.library->constants[*position].value, where.at);
  }
}

std::int32_t CodeWriter::values(NodeId first) {
  std::int32_t count = 0;
  for (NodeId id = first; id != no_node; id = node(id).next, ++count) value(id);
  return count;
}

void CodeWriter::call(const Node& where) {
  const std::string_view name = where.value.view();
  Space space = where.space;
  if (space == Space::plain) {
    if (std::binary_search(assigned_.begin(), assigned_.end(), name))
      refuse(where, fmt::format("`{}` is assigned a value here, so it cannot be called", name_text(name)));
    if (is_imported(name))
      space = Space::math;
    else if (around_.in_library && around_.library->find_definition(name))
      space = Space::source;
  }
  if (space == Space::source) {
    if (!around_.library) refuse(where, "`source.` needs a source file (`source:`)");
    const auto definition = around_.library->find_definition(name);
    if (!definition)
      refuse(where, fmt::format("the source file has no function `{}`; it has {}", name_text(name),
                                around_.library->offers()));
    call_definition(where, *definition, values(where.first));
    return;
  }
  const auto position = find_function(space, name);
  if (!position)
    refuse(where,
           fmt::format("the function `{}{}` is not allowed; allowed are {}{}", space == Space::math ? "math." : "",
                       name_text(name), names_of(space == Space::math ? math_functions() : plain_functions()),
                       space == Space::math ? "" : ", and those of `math.` and `source.`"));
  const Function& function = function_at(*position);
  const std::int32_t count = values(where.first);
  if (count < function.least || (function.most >= 0 && count > function.most))
    refuse(where, fmt::format("`{}` takes {}{} argument(s), not {}", name, function.least,
                              function.most < 0                ? " or more"
                              : function.most > function.least ? fmt::format(" to {}", function.most)
                                                               : "",
                              count));
  if (space == Space::plain && name == "abs")
    emit(Opcode::absolute, where.at, 0);
  else
    emit(Opcode::call, where.at, 1 - count, count, static_cast<std::uint16_t>(*position));
}

void CodeWriter::call_definition(const Node& where, std::uint32_t definition, std::int32_t count) {
  const Definition& callee = around_.library->definitions[definition];
  const auto most = static_cast<std::int32_t>(callee.parameters);
  const auto least = most - static_cast<std::int32_t>(callee.defaults.size());
  if (count < least || count > most)
    refuse(where, fmt::format("`{}` takes {}{} argument(s), not {}", callee.name, least,
                              most > least ? fmt::format(" to {}", most) : "", count));
  emit(Opcode::call_definition, where.at, 1 - count, static_cast<std::int32_t>(definition),
       static_cast<std::uint16_t>(count));
  code_.uses_library = true;
}

void CodeWriter::comparison(const Node& where) {
  value(where.first);
  std::vector<std::size_t> failures;
  for (NodeId id = node(where.first).next; id != no_node; id = node(id).next) {
    const std::size_t right = code_.instructions.size();
    value(id);
    const bool more = node(id).next != no_node;
    if (more) emit(Opcode::duplicate_under, where.at, 1);
    combine(node(id).joint, where.at, right);
    if (more) failures.push_back(emit(Opcode::jump_if_false_or_pop, where.at, -1));
  }
  if (failures.empty()) return;
  const std::size_t done = emit(Opcode::jump, where.at, 0);
  for (const std::size_t failure : failures) land(failure);
  emit(Opcode::drop_under, where.at, 0);
  land(done);
}

void CodeWriter::short_circuit(const Node& where, Opcode jump) {
  std::vector<std::size_t> exits;
  for (NodeId id = where.first;; id = node(id).next) {
    value(id);
    if (node(id).next == no_node) break;
    exits.push_back(emit(jump, where.at, -1));
  }
  for (const std::size_t exit : exits) land(exit);
}

void CodeWriter::conditional(const Node& where) {
  std::vector<std::size_t> exits;
  NodeId id = where.first;
  while (node(id).next != no_node) {
    value(id);
    const std::size_t otherwise = emit(Opcode::jump_if_false, where.at, -1);
    id = node(id).next;
    value(id);
    exits.push_back(emit(Opcode::jump, where.at, -1));
    land(otherwise);
    id = node(id).next;
  }
  value(id);
  for (const std::size_t exit : exits) land(exit);
}

Compiled compile_tree(const Tree& tree, const Surroundings& surroundings, std::span<const std::uint32_t> parameters) {
  return CodeWriter(tree, surroundings).run(parameters);
}

}  // namespace entente::expression
