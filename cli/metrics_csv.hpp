// SPDX-License-Identifier: MIT
// The CSV files of `--run_metrics` and `--end_metrics`.
#pragma once

#include <string>
#include <string_view>

#include "entente/solve.hpp"
#include "output.hpp"

namespace entente::cli {

/// Line of column names: `time,cycle,cost,violation,msg_count,msg_size,status`, with `cycle` first when rows are
/// collected once a cycle. Ends with a line end, as all lines here.
std::string metrics_header(Collect collect);
/// One row of a run that goes on; `cost` and `violation` are those of the current assignment.
std::string metrics_row(Collect collect, const Progress& progress);
/// The last row of a run; cost and violation are empty when `known` is false.
std::string metrics_row(Collect collect, const Outcome& outcome, bool known);

}  // namespace entente::cli
