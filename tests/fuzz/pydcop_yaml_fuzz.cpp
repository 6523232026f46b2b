// SPDX-License-Identifier: MIT
// Any bytes as a pyDCOP YAML file: an error or a problem that is written and read back, within bounded memory.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "entente/base/error.hpp"
#include "entente/problem.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entente;
  ReadOptions options;
  options.limits = {.cells_per_table = 1000, .table_bytes = std::size_t(1) << 24, .domain_values = 1000};
  std::string text;
  std::uint32_t variables = 0, constraints = 0;
  try {
    const Problem problem =
        parse_pydcop_yaml(std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml", options);
    problem.evaluate(std::vector<ValueIndex>(problem.variable_count(), 0));
    std::ostringstream out;
    write_pydcop_yaml(problem, out);
    text = out.str();
    variables = problem.variable_count();
    constraints = problem.constraint_count();
  } catch (const Error&) {
    return 0;
  }
  const Problem again = parse_pydcop_yaml(text, "again.yaml", options);
  if (again.variable_count() != variables || again.constraint_count() != constraints) std::abort();
  return 0;
}
