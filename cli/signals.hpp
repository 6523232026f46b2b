// SPDX-License-Identifier: MIT
// Ctrl-C and its relatives: what the first and the second signal do.
#pragma once

#include <atomic>

namespace entente::cli {

/// Takes over SIGINT and SIGTERM, and ignores SIGPIPE so that writes report a closed pipe instead.
/// Until `stop_gracefully` the first signal ends the process at once with 128 + its number (130, 143).
void install_signal_handlers();

/// From here on the first signal only raises the returned flag; a second one ends the process at once.
const std::atomic<bool>& stop_gracefully();

/// Raises the flag as the first signal would, but without one. Needs `stop_gracefully` before.
void stop_now();

/// The signal that raised the flag, or 0.
int caught_signal();

/// Ends the process with exit code 2 in `seconds` of wall time, whatever it does then; 0 calls that off.
void end_process_in(double seconds);

}  // namespace entente::cli
