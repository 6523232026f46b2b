// SPDX-License-Identifier: MIT
// InstructionSet: which of the compiled forms of a hot kernel this processor can run.
#pragma once

#include <string_view>

namespace entente {

/// The x86-64 levels that kernels are compiled for, in rising order. Other processors have `baseline` alone.
enum class InstructionSet { baseline, v3, v4 };

std::string_view to_text(InstructionSet set);

/// Whether this processor runs code compiled for `set`.
bool is_supported(InstructionSet set);

/// Returns the highest level that this processor runs, or the one that the environment variable
/// ENTENTE_INSTRUCTIONS (baseline, v3 or v4) asks for; read once. Results never depend on it, only speed does.
///
/// Errors  throws Error{wrong_use} if the variable holds anything else or a level this processor lacks.
InstructionSet best_instruction_set();

}  // namespace entente
