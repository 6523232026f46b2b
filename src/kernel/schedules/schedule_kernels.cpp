// SPDX-License-Identifier: MIT
// Chooses the loops over schedules that this processor runs best.
#include "kernel/schedules/schedule_kernels.hpp"

#include "kernel/instruction_set.hpp"

namespace entente::kernel {

namespace baseline {
extern const ScheduleKernels schedule_kernels;
}
namespace v3 {
extern const ScheduleKernels schedule_kernels;
}
namespace v4 {
extern const ScheduleKernels schedule_kernels;
}

const ScheduleKernels& schedule_kernels() {
  switch (best_instruction_set()) {
    case InstructionSet::baseline: break;
    case InstructionSet::v3: return v3::schedule_kernels;
    case InstructionSet::v4: return v4::schedule_kernels;
  }
  return baseline::schedule_kernels;
}

}  // namespace entente::kernel
