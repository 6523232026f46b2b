// SPDX-License-Identifier: MIT
// Accounting: what a run of cycles sends between computations on different agents, without counting one by one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"
#include "runtime/run.hpp"
#include "solve/hosting.hpp"

namespace entente {

/// Messages and bytes that each computation sends in every cycle to computations on other agents; what it sends only in
/// some is counted by the engine.
struct CycleTraffic {
  std::vector<std::uint32_t> messages;
  std::vector<std::uint64_t> bytes;
  std::uint64_t all_messages = 0, all_bytes = 0;
  std::vector<runtime::MessageTraffic> kinds;  ///< Of one cycle.
};

/// Every phase that is not sparse broadcasts one message over every edge of the constraint graph. `types`: of the
/// phases' messages, in order.
CycleTraffic cycle_traffic(const Hosting& hosting, const std::uint32_t* first, const std::uint32_t* neighbours,
                           std::span<const MessageInfo> types);
/// Every edge between a variable and a constraint of arity 2 or more carries one message each way, of `algorithm`'s
/// load on such an edge. `one_way`: the algorithm's messages run forwards in some cycles and backwards in others; they
/// are counted where they start when they run forwards.
CycleTraffic factor_traffic(const Problem& problem, const Hosting& hosting, const Algorithm& algorithm, bool one_way);

/// Constraint checks of the busiest factor in a cycle: the cells of the largest table. Saturates.
std::uint64_t factor_checks(const Problem& problem);

/// Fills messages, bytes, checks and the agents' reports of `outcome`: cycles times `traffic`, and what `result` brings
/// counted.
void account(const Problem& problem, const Hosting& hosting, const CycleTraffic& traffic,
             const runtime::RunResult& result, Outcome& outcome);

}  // namespace entente
