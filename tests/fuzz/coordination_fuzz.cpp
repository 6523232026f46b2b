// SPDX-License-Identifier: MIT
// Any bytes as a schedule or resource problem: an error or a problem that is written and read back, in bounded memory.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"

namespace {

using namespace entente;

std::string written(const CoordinationProblem& problem) {
  std::ostringstream out;
  if (const auto* const schedules = std::get_if<ScheduleProblem>(&problem)) {
    schedules->cost(std::vector<std::uint32_t>(schedules->agents.size(), 0));
    write_schedule_problem(*schedules, out);
  } else {
    const auto& resources = std::get<ResourceProblem>(problem);
    const std::vector<double> nowhere(resources.agents.size() * resources.dimension, 0.0);
    resources.cost(nowhere);
    resources.violation(nowhere);
    write_resource_problem(resources, out);
  }
  return out.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Files beside the document are none of the fuzzer's business.
  if (text.find("csv") != std::string::npos || text.find("schedules\": \"") != std::string::npos) return 0;
  std::string once;
  try {
    once = written(parse_coordination_problem(text, "fuzz"));
  } catch (const Error&) {
    return 0;
  }
  if (written(parse_coordination_problem(once, "again")) != once) std::abort();
  return 0;
}
