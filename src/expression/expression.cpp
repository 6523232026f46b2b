// SPDX-License-Identifier: MIT
#include "expression/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/base/contract.hpp"
#include "expression/compiler.hpp"
#include "expression/lexer.hpp"
#include "expression/library.hpp"
#include "expression/machine.hpp"
#include "expression/parser.hpp"
#include "expression/source_text.hpp"

namespace entente::expression {

struct Program {
  Program(std::string_view text, std::shared_ptr<const Library> its_library, const Place& where,
          const Limits& its_limits)
      : source{std::string(text), where},
        limits(its_limits),
        library(std::move(its_library)),
        storage(storage_limits(its_limits)) {}

  SourceText source;
  Limits limits;
  std::shared_ptr<const Library> library;
  Workspace storage;
  Code code;
  std::vector<std::string> names;
};

namespace {

ErrorCode code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::overflow:
    case ErrorKind::budget: return ErrorCode::too_large;
    case ErrorKind::unsupported: return ErrorCode::unsupported;
    default: return ErrorCode::bad_input;
  }
}

Datum datum_of(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return Datum::of(*integer);
  if (const auto* real = std::get_if<double>(&value)) return Datum::of(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return Datum::of(std::string_view(*text));
  return Datum::of(std::get<bool>(value));
}

Datum datum_of(const Value* value) { return datum_of(*value); }

Value value_of(const Datum& datum) {
  switch (datum.kind) {
    case Kind::boolean: return datum.integer != 0;
    case Kind::integer: return datum.integer;
    case Kind::real: return datum.real;
    case Kind::text: return std::string(datum.view());
    default: break;
  }
  fail(ErrorKind::type, fmt::format("the result is {}, not a number or text", kind_name(datum.kind)));
}

double cost_of(const Datum& datum) {
  if (!datum.is_number())
    fail(ErrorKind::type, fmt::format("the result is {}, not a number{}", kind_name(datum.kind),
                                      datum.kind == Kind::none ? " (the body ends without `return`)" : ""));
  const double cost = datum.as_real();
  if (std::isnan(cost)) fail(ErrorKind::value, "the result is NaN (not a number)");
  return cost;
}

/// ` for x=0, color='red'`, with the rest left out when there are many.
std::string argument_text(const Program& program, const Datum* arguments) {
  constexpr std::size_t shown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, program.names.size()); ++i) {
    const Datum& datum = arguments[i];
    const std::string value = datum.kind == Kind::text
                                  ? fmt::format("'{}'", printable(std::string(datum.view().substr(0, 200))))
                                  : to_text(value_of(datum));
    text += fmt::format("{}{}={}", i == 0 ? " for " : ", ", printable(program.names[i]), value);
  }
  return program.names.size() > shown ? text + ", …" : text;
}

[[noreturn]] void report(const Program& program, const Failure& failure, const Datum* arguments) {
  const SourceText& source = failure.source ? *failure.source : program.source;
  std::string message = fmt::format("{} in {}", failure.message, source.excerpt(failure.at));
  if (&source != &program.source) message += ", called from " + program.source.excerpt(0);
  throw EvaluationError(failure.kind, source.place(failure.at), message + argument_text(program, arguments));
}

/// Runs `program` for `arguments` and turns the result with `convert`.
template <class Argument, class Convert>
auto evaluate_with(const Program& program, std::span<const Argument> arguments, Convert convert) {
  if (arguments.size() != program.names.size())
    throw Error(ErrorCode::internal,
                fmt::format("an expression of {} names got {} values", program.names.size(), arguments.size()));
  Machine machine(program.code, program.library.get(), program.limits);
  std::transform(arguments.begin(), arguments.end(), machine.arguments(),
                 [](const Argument& argument) { return datum_of(argument); });
  try {
    return convert(machine.run());
  } catch (const Failure& failure) {
    report(program, failure, machine.arguments());
  }
}

void append_bytes(std::string& key, const void* bytes, std::size_t count) {
  key.append(static_cast<const char*>(bytes), count);
}

void append_datum(std::string& key, const Datum& datum) {
  key += static_cast<char>(datum.kind);
  if (datum.kind == Kind::text || datum.is_items()) append_bytes(key, &datum.length, sizeof datum.length);
  if (datum.kind == Kind::text)
    key += datum.view();
  else if (datum.kind == Kind::range)
    append_bytes(key, datum.range, sizeof *datum.range);
  else if (datum.is_items())
    std::for_each_n(datum.items, datum.length, [&](const Datum& item) { append_datum(key, item); });
  else
    append_bytes(key, &datum.integer, sizeof datum.integer);
}

}  // namespace

EvaluationError::EvaluationError(ErrorKind kind, const Place& place, const std::string& message)
    : Error(code_of(kind), place, message), kind_(kind) {}

Expression Expression::compile(std::string_view text, std::shared_ptr<const Library> library, const Place& where,
                               const Limits& limits) {
  const auto program = std::make_shared<Program>(text, std::move(library), where, limits);
  try {
    const Tokens tokens = tokenize(program->source, limits);
    const Tree tree = Parser(program->source, tokens, limits, program->storage).parse_text();
    Compiled compiled = compile_tree(tree, {program->source, program->storage, program->library.get()});
    program->code = std::move(compiled.code);
    program->names = std::move(compiled.names);
  } catch (const Failure& failure) {
    throw EvaluationError(failure.kind, where, failure.message);
  }
  if (std::size_t{program->code.slots} + program->code.stack > Machine::largest_stack)
    throw Error(ErrorCode::too_large, where, "the text has too many names and values");
  program->code.instructions.shrink_to_fit();
  program->code.places.shrink_to_fit();
  return Expression(program);
}

bool is_name(std::string_view name) {
  if (name.empty()) return false;
  try {
    const SourceText source{std::string(name), {}};
    const Tokens tokens = tokenize(source, Limits{});
    return tokens.list.front().kind == TokenKind::name && tokens.list.front().begin == 0 &&
           tokens.list.front().end == name.size();
  } catch (const Error&) {
    return false;
  }
}

const std::vector<std::string>& Expression::names() const { return program_->names; }

Value Expression::evaluate(std::span<const Value> arguments) const {
  return evaluate_with(*program_, arguments, [](const Datum& result) { return value_of(result); });
}

double Expression::cost(std::span<const Value> arguments) const {
  return evaluate_with(*program_, arguments, [](const Datum& result) { return cost_of(result); });
}

double Expression::cost_at(std::span<const Value* const> arguments) const {
  return evaluate_with(*program_, arguments, [](const Datum& result) { return cost_of(result); });
}

void Expression::tabulate(std::span<const std::span<const Value>> domains, std::span<double> cells) const {
  const Program& program = *program_;
  ENTENTE_EXPECTS(domains.size() == program.names.size());
  if (cells.empty()) return;
  const std::size_t count = domains.size();
  std::vector<Datum> values;  // of all domains, one after the other
  std::vector<std::size_t> begin(count), position(count);
  for (std::size_t i = 0; i < count; ++i) {
    begin[i] = values.size();
    for (const Value& value : domains[i]) values.push_back(datum_of(value));
  }
  Machine machine(program.code, program.library.get(), program.limits);
  Datum* arguments = machine.arguments();
  for (std::size_t i = 0; i < count; ++i) arguments[i] = values[begin[i]];
  std::uint64_t instructions = 0;
  try {
    for (double& cell : cells) {
      cell = cost_of(machine.run());
      instructions += machine.charged();
      if (instructions > program.limits.table_instructions)
        fail(ErrorKind::budget,
             fmt::format("the table takes more than {} instructions", program.limits.table_instructions));
      for (std::size_t i = count; i-- > 0;) {
        if (++position[i] == domains[i].size()) position[i] = 0;
        machine.arguments()[i] = values[begin[i] + position[i]];
        if (position[i] != 0) break;
      }
    }
  } catch (const Failure& failure) {
    report(program, failure, machine.arguments());
  }
}

const std::string& Expression::text() const { return program_->source.text; }

std::string Expression::signature() const {
  const Program& program = *program_;
  const Code& code = program.code;
  const std::uint64_t header[] = {program.names.size(), code.slots, code.instructions.size(), code.constants.size(),
                                  code.uses_library ? program.library->id : 0};
  std::string key;
  append_bytes(key, header, sizeof header);
  append_bytes(key, code.instructions.data(), code.instructions.size() * sizeof(Instruction));
  for (const Datum& constant : code.constants) append_datum(key, constant);
  return key;
}

}  // namespace entente::expression
