// SPDX-License-Identifier: MIT
// The readers of schedule and resource problems; one document has one of them.
#pragma once

#include <string>

#include "entente/problem/formats.hpp"
#include "problem/formats/yaml_document.hpp"

namespace entente {

/// `directory`: where files named in the document are looked for. Errors as read_coordination_problem.
ScheduleProblem read_schedules(const YamlDocument& document, const std::string& directory, const ReadOptions& options);
ResourceProblem read_resources(const YamlDocument& document, const ReadOptions& options);

/// Appends the schedules of a CSV file to the agents that its rows name, in the order of the rows; agents that are new
/// are added. A row is an agent's id and one number a step, with `,` or `;` between them; a first row without numbers
/// is a heading; `#` begins a comment.
void read_schedule_csv(const std::string& file, std::size_t steps, std::vector<ScheduleAgent>& agents);

}  // namespace entente
