// SPDX-License-Identifier: MIT
// The common start of problems whose values are numbers.
#include "generate/tables.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace entente::generate {

ProblemBuilder builder_with_numbers(std::string name, Objective objective, std::uint32_t count,
                                    std::uint32_t domain_size, bool noagents) {
  ProblemBuilder builder(std::move(name), objective);
  std::vector<Value> values(domain_size);
  for (std::uint32_t i = 0; i < domain_size; ++i) values[i] = std::int64_t(i);
  const std::uint32_t domain = builder.add_domain("values", std::move(values));
  for (std::uint32_t v = 0; v < count; ++v) {
    builder.add_variable({}, domain);
    if (!noagents) builder.add_agent({.name = fmt::format("a{}", v), .capacity = {}, .extra = {}});
  }
  return builder;
}

}  // namespace entente::generate
