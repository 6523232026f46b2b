// SPDX-License-Identifier: MIT
// Accounting: what a run of cycles sends between computations on different agents, without counting one by one.
#pragma once

#include <cstdint>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"
#include "runtime/run.hpp"
#include "solve/hosting.hpp"

namespace entente {

/// Messages and bytes that each computation sends in one cycle to computations on other agents.
struct CycleTraffic {
  std::vector<std::uint32_t> messages;
  std::vector<std::uint64_t> bytes;
  std::uint64_t all_messages = 0, all_bytes = 0;
};

/// Every phase broadcasts one message of its size over every edge of the constraint graph. `message_bytes`: the sizes
/// of a cycle's messages together; `phases`: their number.
CycleTraffic cycle_traffic(const Hosting& hosting, const std::uint32_t* first, const std::uint32_t* neighbours,
                           std::uint32_t phases, std::uint64_t message_bytes);
/// Every edge between a variable and a constraint of arity 2 or more carries one message each way, of `algorithm`'s
/// load on such an edge. `one_way`: the algorithm's messages run forwards in some cycles and backwards in others; they
/// are counted where they start when they run forwards.
CycleTraffic factor_traffic(const Problem& problem, const Hosting& hosting, const Algorithm& algorithm, bool one_way);

/// Fills messages, bytes and the agents' reports of `outcome`. Event-driven runs bring their own counts in `result`.
void account(const Problem& problem, const Hosting& hosting, const CycleTraffic& traffic,
             const runtime::RunResult& result, Outcome& outcome);

}  // namespace entente
