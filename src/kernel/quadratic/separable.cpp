// SPDX-License-Identifier: MIT
#include "kernel/quadratic/separable.hpp"

#include "kernel/instruction_set.hpp"

namespace entente::kernel {

namespace baseline {
extern const SeparableKernels separable_kernels;
}
namespace v3 {
extern const SeparableKernels separable_kernels;
}
namespace v4 {
extern const SeparableKernels separable_kernels;
}

const SeparableKernels& separable_kernels() {
  switch (best_instruction_set()) {
    case InstructionSet::baseline: break;
    case InstructionSet::v3: return v3::separable_kernels;
    case InstructionSet::v4: return v4::separable_kernels;
  }
  return baseline::separable_kernels;
}

}  // namespace entente::kernel
