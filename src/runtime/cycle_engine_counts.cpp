// SPDX-License-Identifier: MIT
// What a run of cycles sent and checked.
#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/cycle_engine.hpp"
#include "runtime/cycle_engine_parts.hpp"

namespace entente::runtime {

/// One thread, after a phase: the computation with most checks holds up all others.
void CycleEngine::count_checks() {
  std::uint64_t most = 0;
  for (Lane& lane : lanes_) most = std::max(most, std::exchange(lane.most_checks, 0));
  checks_ += most;
}

KindTraffic CycleEngine::sent(std::uint32_t phase) const {
  KindTraffic all{};
  for (const Lane& lane : lanes_) {
    all.messages += lane.kinds[phase].messages;
    all.bytes += lane.kinds[phase].bytes;
    all.largest = std::max(all.largest, lane.kinds[phase].largest);
  }
  return all;
}

void CycleEngine::count_traffic(RunResult& result) const {
  result.checks = checks_ + cycle_ * view_checks_;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    const KindTraffic all = sent(q);
    result.kinds.push_back({std::string(messages_[q].name), all.messages, all.bytes, all.largest});
  }
  if (sent_.empty()) return;
  for (std::uint32_t i = 0; i < count_; ++i) {
    result.messages_out.push_back(sent_[i].messages);
    result.bytes_out.push_back(sent_[i].bytes);
  }
}

}  // namespace entente::runtime
