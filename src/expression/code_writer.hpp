// SPDX-License-Identifier: MIT
// The class that turns trees into bytecode, for the two files that hold its parts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression/compiler.hpp"

namespace entente::expression {

class CodeWriter {
 public:
  CodeWriter(const Tree& tree, const Surroundings& surroundings) : tree_(tree), around_(surroundings) {
    code_.source = &around_.source;
    const std::size_t expected = std::min<std::size_t>(tree.nodes.size() + 2, 4096);
    code_.instructions.reserve(expected);
    code_.places.reserve(expected);
  }

  Compiled run(std::span<const std::uint32_t> parameters);

 private:
  struct Loop {
    std::size_t start;
    bool holds_iterable;
    std::vector<std::size_t> exits;
  };

  const Node& node(NodeId id) const { return tree_.nodes[id]; }
  std::string name_text(std::string_view name) const { return printable(std::string(name.substr(0, 200))); }
  [[noreturn]] void refuse(const Node& where, const std::string& message, ErrorCode code = ErrorCode::bad_input) const {
    around_.source.refuse(where.at, message, code);
  }

  std::size_t emit(Opcode opcode, std::uint32_t at, int effect, std::int32_t operand = 0, std::uint16_t count = 0) {
    code_.instructions.push_back({opcode, 0, count, operand});
    code_.places.push_back(at);
    depth_ += effect;
    code_.stack = std::max(code_.stack, static_cast<std::uint32_t>(depth_));
    return code_.instructions.size() - 1;
  }
  /// Emits `op` on the value below and the right operand, whose code begins at `right`. A right operand that is only
  /// fetched becomes part of the instruction; nothing jumps between the two.
  void combine(Operator op, std::uint32_t at, std::size_t right, bool in_place = false) {
    const Instruction last = code_.instructions.back();
    const auto opcode = static_cast<Opcode>(op);
    if (right + 1 == code_.instructions.size() &&
        (last.opcode == Opcode::constant || last.opcode == Opcode::argument)) {
      const auto source = last.opcode == Opcode::constant ? Source::constant : Source::argument;
      code_.instructions.back() = {opcode, in_place, static_cast<std::uint16_t>(source), last.operand};
      code_.places.back() = at;
      --depth_;
    } else {
      code_.instructions[emit(opcode, at, -1)].detail = in_place;
    }
  }
  void land(std::size_t jump) {
    code_.instructions[jump].operand = static_cast<std::int32_t>(code_.instructions.size() - jump - 1);
  }
  void jump_back_to(std::size_t start, std::uint32_t at) {
    const auto distance = static_cast<std::int32_t>(code_.instructions.size() + 1 - start);
    emit(Opcode::jump_back, at, 0, -distance);
  }
  void constant(Datum value, std::uint32_t at) {
    code_.constants.push_back(value);
    emit(Opcode::constant, at, 1, static_cast<std::int32_t>(code_.constants.size() - 1));
  }

  void assign_slots(std::span<const std::uint32_t> parameters, std::vector<std::string>& names);
  bool fold(const Node& where, std::size_t start, std::int32_t count);

  void value(NodeId id);
  void chain(NodeId id);
  void name(const Node& where);
  void attribute(const Node& where, Space space, std::string_view name);
  void call(const Node& where);
  void call_definition(const Node& where, std::uint32_t definition, std::int32_t count);
  std::int32_t values(NodeId first);
  void comparison(const Node& where);
  void short_circuit(const Node& where, Opcode jump);
  void conditional(const Node& where);

  void block(NodeId id);
  void statement(const Node& where);
  void assign(NodeId target);
  void choice(const Node& where);
  void while_loop(const Node& where);
  void for_loop(const Node& where);
  void finish_loop(NodeId otherwise);

  bool is_imported(std::string_view name) const {
    return std::find(tree_.imported.begin(), tree_.imported.end(), name) != tree_.imported.end();
  }

  const Tree& tree_;
  const Surroundings& around_;
  Code code_;
  int depth_ = 0;
  std::vector<std::int32_t> slot_;          // of each symbol; -1: none
  std::vector<std::string_view> assigned_;  // names, sorted
  std::vector<Loop> loops_;
  std::vector<NodeId> spine_;
};

}  // namespace entente::expression
