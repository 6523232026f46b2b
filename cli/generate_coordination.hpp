// SPDX-License-Identifier: MIT
// The generators of schedule and resource problems.
#pragma once

#include <memory>
#include <vector>

#include "command.hpp"

namespace entente::cli {

/// One generator: its options and what it writes.
class CoordinationGenerator {
 public:
  virtual ~CoordinationGenerator() = default;
  virtual void write(const Invocation& invocation, Output& out) const = 0;

  CLI::App* app = nullptr;
};

/// Declares `schedules` and `resources` in `group`.
std::vector<std::unique_ptr<CoordinationGenerator>> coordination_generators(CLI::App& group);

}  // namespace entente::cli
