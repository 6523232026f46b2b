// SPDX-License-Identifier: MIT
// Asks the processor, and the environment, which compiled form of the kernels to run.
#include "kernel/instruction_set.hpp"

#include <cstdlib>
#include <string>

#include "entente/base/error.hpp"

namespace entente {
namespace {

InstructionSet choose() {
  InstructionSet best = InstructionSet::baseline;
  for (const InstructionSet set : {InstructionSet::v3, InstructionSet::v4})
    if (is_supported(set)) best = set;
  const char* const wish = std::getenv("ENTENTE_INSTRUCTIONS");
  if (wish == nullptr || *wish == '\0') return best;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::v3, InstructionSet::v4}) {
    if (to_text(set) != wish) continue;
    if (is_supported(set)) return set;
    throw Error(ErrorCode::wrong_use, std::string("ENTENTE_INSTRUCTIONS: this processor lacks level ") + wish +
                                          "; the highest it has is " + std::string(to_text(best)));
  }
  throw Error(ErrorCode::wrong_use,
              "ENTENTE_INSTRUCTIONS: found '" + printable(wish) + "', expected baseline, v3 or v4");
}

}  // namespace

std::string_view to_text(InstructionSet set) {
  switch (set) {
    case InstructionSet::baseline: return "baseline";
    case InstructionSet::v3: return "v3";
    case InstructionSet::v4: return "v4";
  }
  return "";
}

bool is_supported(InstructionSet set) {
  if (set == InstructionSet::baseline) return true;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                  __builtin_cpu_supports("fma");
  if (set == InstructionSet::v3) return v3;
  return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

InstructionSet best_instruction_set() {
  static const InstructionSet best = choose();
  return best;
}

}  // namespace entente
