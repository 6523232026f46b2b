// SPDX-License-Identifier: MIT
// Rows of metrics files.
#include "metrics_csv.hpp"

#include <fmt/format.h>

namespace entente::cli {
namespace {

std::string row(Collect collect, const std::string& time, const std::string& cycle, const std::string& rest) {
  return collect == Collect::cycle_change ? fmt::format("{},{},{}\n", cycle, time, rest)
                                          : fmt::format("{},{},{}\n", time, cycle, rest);
}

}  // namespace

std::string metrics_header(Collect collect) {
  return row(collect, "time", "cycle", "cost,violation,msg_count,msg_size,status");
}

std::string metrics_row(Collect collect, const Progress& p) {
  return row(collect, fmt::format("{}", p.seconds), fmt::format("{}", p.cycle),
             fmt::format("{},{},{},{},RUNNING", p.cost, p.violations, p.messages, p.message_bytes));
}

std::string metrics_row(Collect collect, const Outcome& outcome, bool known) {
  const std::string quality = known ? fmt::format("{},{}", outcome.cost, outcome.violations) : ",";
  return row(collect, fmt::format("{}", outcome.seconds), fmt::format("{}", outcome.cycles),
             fmt::format("{},{},{},{}", quality, outcome.messages, outcome.message_bytes, status_name(outcome.status)));
}

}  // namespace entente::cli
