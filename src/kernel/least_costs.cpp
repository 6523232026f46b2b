// SPDX-License-Identifier: MIT
#include "kernel/least_costs.hpp"

#include "kernel/instruction_set.hpp"

namespace entente::kernel {

namespace baseline {
extern const LeastCosts least_costs;
}
namespace v3 {
extern const LeastCosts least_costs;
}
namespace v4 {
extern const LeastCosts least_costs;
}

const LeastCosts& least_costs() {
  switch (best_instruction_set()) {
    case InstructionSet::baseline: break;
    case InstructionSet::v3: return v3::least_costs;
    case InstructionSet::v4: return v4::least_costs;
  }
  return baseline::least_costs;
}

}  // namespace entente::kernel
