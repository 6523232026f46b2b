// SPDX-License-Identifier: MIT
// Whatever bytes come as an expression or a source file, they end in a value or an Error, within small limits.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression/expression.hpp"

using namespace entente;
using namespace entente::expression;

namespace {

constexpr Limits limits{
    .length = 1 << 14, .depth = 60, .instructions = 5000, .text = 1 << 12, .table_instructions = 20000};

std::shared_ptr<const Library> library_of(std::string_view file) {
  try {
    return read_library(file, "fuzz.py", limits);
  } catch (const Error&) {
    return nullptr;
  }
}

void evaluate(const Expression& expression) {
  const Value pool[] = {std::int64_t{0}, std::string("R"), 2.5, true, std::int64_t{-7}};
  const std::size_t count = expression.names().size();
  std::vector<Value> arguments;
  for (std::size_t i = 0; i < count; ++i) arguments.push_back(pool[i % std::size(pool)]);
  try {
    expression.evaluate(arguments);
  } catch (const Error&) {
  }
  if (count > 3) return;
  std::size_t cells = 1;
  for (std::size_t i = 0; i < count; ++i) cells *= std::size(pool);
  const std::vector<std::span<const Value>> domains(count, pool);
  std::vector<double> table(cells);
  try {
    expression.tabulate(domains, table);
  } catch (const Error&) {
  }
}

}  // namespace

/// The bytes before a line `#---` are a source file, those behind it an expression; without one all are an expression.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view divider = "#---\n";
  const auto at = input.find(divider);
  const bool has_library = at != std::string_view::npos;
  const auto library = has_library ? library_of(input.substr(0, at)) : nullptr;
  try {
    const Expression expression =
        Expression::compile(has_library ? input.substr(at + divider.size()) : input, library, {}, limits);
    if (expression.signature() != Expression::compile(expression.text(), library, {}, limits).signature())
      __builtin_trap();
    evaluate(expression);
  } catch (const Error&) {
  }
  return 0;
}
