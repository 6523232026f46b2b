// SPDX-License-Identifier: MIT
// The bytecode of statements.
#include "expression/code_writer.hpp"

namespace entente::expression {

void CodeWriter::block(NodeId id) {
  for (NodeId child = node(id).first; child != no_node; child = node(child).next) statement(node(child));
}

void CodeWriter::statement(const Node& where) {
  switch (where.kind) {
    case NodeKind::assignment:
      value(where.first);
      for (NodeId target = node(where.first).next; target != no_node; target = node(target).next) {
        if (node(target).next != no_node) emit(Opcode::duplicate, where.at, 1);
        assign(target);
      }
      return;
    case NodeKind::augmented: {
      value(where.first);
      const std::size_t right = code_.instructions.size();
      value(node(where.first).next);
      combine(where.op, where.at, right, true);
      assign(where.first);
      return;
    }
    case NodeKind::choice: choice(where); return;
    case NodeKind::while_loop: while_loop(where); return;
    case NodeKind::for_loop: for_loop(where); return;
    case NodeKind::result:
      if (where.first == no_node)
        constant(Datum::none(), where.at);
      else
        value(where.first);
      emit(Opcode::give, where.at, -1);
      return;
    case NodeKind::leave:
      if (loops_.back().holds_iterable) emit(Opcode::end_loop, where.at, 0);
      loops_.back().exits.push_back(emit(Opcode::jump, where.at, 0));
      return;
    case NodeKind::proceed: jump_back_to(loops_.back().start, where.at); return;
    default:
      if (node(where.first).kind == NodeKind::constant) return;  // a comment written as a text
      value(where.first);
      emit(Opcode::pop, where.at, -1);
  }
}

void CodeWriter::assign(NodeId target) {
  const Node& where = node(target);
  if (where.kind == NodeKind::name) {
    emit(Opcode::store, where.at, -1, slot_[where.symbol]);
    return;
  }
  std::int32_t count = 0;
  for (NodeId id = where.first; id != no_node; id = node(id).next) ++count;
  emit(Opcode::unpack, where.at, count - 1, count);
  for (NodeId id = where.first; id != no_node; id = node(id).next) assign(id);
}

void CodeWriter::choice(const Node& where) {
  std::vector<std::size_t> exits;
  for (NodeId id = where.first; id != no_node; id = node(id).next) {
    if (node(id).kind == NodeKind::block) {  // else
      block(id);
      break;
    }
    value(id);
    const std::size_t otherwise = emit(Opcode::jump_if_false, where.at, -1);
    id = node(id).next;
    block(id);
    if (node(id).next != no_node) exits.push_back(emit(Opcode::jump, where.at, 0));
    land(otherwise);
  }
  for (const std::size_t exit : exits) land(exit);
}

void CodeWriter::while_loop(const Node& where) {
  loops_.push_back({code_.instructions.size(), false, {}});
  value(where.first);
  const std::size_t exit = emit(Opcode::jump_if_false, where.at, -1);
  const NodeId body = node(where.first).next;
  block(body);
  jump_back_to(loops_.back().start, where.at);
  land(exit);
  finish_loop(node(body).next);
}

void CodeWriter::for_loop(const Node& where) {
  const NodeId iterable = node(where.first).next;
  value(iterable);
  emit(Opcode::begin_loop, where.at, 1);
  loops_.push_back({code_.instructions.size(), true, {}});
  const std::size_t exit = emit(Opcode::next, where.at, 1);
  assign(where.first);
  const NodeId body = node(iterable).next;
  block(body);
  jump_back_to(loops_.back().start, where.at);
  land(exit);
  emit(Opcode::end_loop, where.at, -2);
  finish_loop(node(body).next);
}

/// Emits the `else` of a loop, which `break` skips.
void CodeWriter::finish_loop(NodeId otherwise) {
  const Loop loop = std::move(loops_.back());
  loops_.pop_back();
  if (otherwise != no_node) block(otherwise);
  for (const std::size_t exit : loop.exits) land(exit);
}

}  // namespace entente::expression
