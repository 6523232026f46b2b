// SPDX-License-Identifier: MIT
// chart_svg: numbers over the steps of a day as a picture.
#pragma once

#include <string>
#include <vector>

#include "entente/problem/formats.hpp"
#include "entente/solve/coordinate.hpp"

namespace entente {

/// A line that keeps its number through each step.
struct ChartLine {
  std::string name;
  std::vector<double> numbers;  ///< One a step; finite.
};

struct Chart {
  std::string title, unit;
  double step_hours = 0;  ///< Length of a step, for the labels below; 0: steps are counted.
  std::vector<ChartLine> lines;
};

/// The chart as a picture of its own (SVG 1.1), with axes and a legend. O(numbers).
std::string chart_svg(const Chart& chart);

/// Target and what the agents of an outcome add up to. Throws Error{wrong_use} for problems without a target or
/// right-hand side, and for outcomes without an answer.
Chart chart_of(const CoordinationProblem& problem, const CoordinationOutcome& outcome);

}  // namespace entente
