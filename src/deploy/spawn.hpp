// SPDX-License-Identifier: MIT
// spawn: starts a program as a process of its own.
#pragma once

#include "deploy/child_processes.hpp"

namespace entente::deploy {

/// Starts the program; its standard output and standard error go to `output`. Returns its process id. Throws
/// Error{bad_input} that says why it cannot be started.
int spawn(const ChildCommand& command, int output);

}  // namespace entente::deploy
