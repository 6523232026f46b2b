// SPDX-License-Identifier: MIT
#include "entente/solve/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr double width = 960, height = 420, left = 80, right = 20, top = 50, bottom = 50;

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : printable(text, 200)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      default: safe += c;
    }
  }
  return safe;
}

/// A round distance of marks, so that about `count` of them fill `range`.
double mark_distance(double range, double count) {
  const double rough = range / count, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= rough) return digit * power;
  return 10 * power;
}

/// From numbers to places on the picture.
struct Frame {
  double low, high;
  std::size_t steps;

  double x(double step) const { return left + (width - left - right) * step / double(steps); }
  double y(double number) const { return height - bottom - (height - top - bottom) * (number - low) / (high - low); }
};

Frame frame_of(const Chart& chart) {
  Frame frame{0, 0, 1};  // zero is always seen
  for (const ChartLine& line : chart.lines) {
    frame.steps = std::max(frame.steps, line.numbers.size());
    for (const double number : line.numbers) {
      frame.low = std::min(frame.low, number);
      frame.high = std::max(frame.high, number);
    }
  }
  if (!(frame.high > frame.low)) frame.high = frame.low + 1;
  return frame;
}

std::string axes(const Chart& chart, const Frame& frame) {
  std::string svg;
  const double up = mark_distance(frame.high - frame.low, 6);
  for (double mark = std::ceil(frame.low / up) * up; mark <= frame.high; mark += up) {
    const double number = std::abs(mark) < up / 2 ? 0 : mark;
    svg += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", left,
                       width - right, frame.y(number), frame.y(number), number == 0 ? "#888" : "#ddd");
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{:g}</text>\n", left - 8,
                       frame.y(number) + 4, number);
  }
  const double hours = chart.step_hours > 0 ? chart.step_hours : 1, end = double(frame.steps) * hours;
  const double along = std::max(chart.step_hours > 0 ? 1.0 : 0.0, mark_distance(end, 12));
  for (double mark = 0; mark <= end + along / 1e6; mark += along)
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{:g}{}</text>\n", frame.x(mark / hours),
                       height - bottom + 18, mark, chart.step_hours > 0 ? " h" : "");
  return svg;
}

std::string staircase(const ChartLine& line, const Frame& frame, const char* colour) {
  std::string path;
  for (std::size_t t = 0; t < line.numbers.size(); ++t)
    path += fmt::format("{}{:.1f},{:.1f} {:.1f},{:.1f}", t == 0 ? "" : " ", frame.x(double(t)),
                        frame.y(line.numbers[t]), frame.x(double(t + 1)), frame.y(line.numbers[t]));
  return fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"{}\"/>\n", colour, path);
}

}  // namespace

std::string chart_svg(const Chart& chart) {
  constexpr std::array colours{"#1b6ca8", "#d1495b", "#3a7d44", "#8d6a9f"};
  const Frame frame = frame_of(chart);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" height=\"{1:g}\" "
      "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">\n<rect width=\"100%\" height=\"100%\" "
      "fill=\"white\"/>\n",
      width, height);
  svg += fmt::format("<text x=\"{:g}\" y=\"22\" font-size=\"15\">{}</text>\n", left, escaped(chart.title));
  if (!chart.unit.empty())
    svg += fmt::format("<text x=\"{:g}\" y=\"{:g}\" text-anchor=\"end\">{}</text>\n", left - 8, top - 12,
                       escaped(chart.unit));
  svg += axes(chart, frame);
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const char* const colour = colours[i % colours.size()];
    svg += staircase(chart.lines[i], frame, colour);
    svg += fmt::format("<text x=\"{:g}\" y=\"{:g}\" fill=\"{}\">{}</text>\n", left + 10 + 180 * double(i), top - 10,
                       colour, escaped(chart.lines[i].name));
  }
  return svg + "</svg>\n";
}

Chart chart_of(const CoordinationProblem& problem, const CoordinationOutcome& outcome) {
  Chart chart;
  if (const auto* const schedules = std::get_if<ScheduleProblem>(&problem)) {
    if (outcome.choice.empty()) throw Error(ErrorCode::wrong_use, "no picture: there is no answer to draw");
    chart.title = schedules->name;
    chart.unit = schedules->unit;
    chart.step_hours = schedules->dt_hours.value_or(0);
    chart.lines = {{"target", schedules->target}, {"all agents", schedules->aggregate(outcome.choice)}};
    return chart;
  }
  const auto& resources = std::get<ResourceProblem>(problem);
  if (resources.kind != ResourceKind::sharing)
    throw Error(ErrorCode::wrong_use, "no picture: only problems with a target or right-hand side have one");
  if (outcome.x.empty()) throw Error(ErrorCode::wrong_use, "no picture: there is no answer to draw");
  std::vector<double> sum(resources.dimension, 0.0);
  for (std::size_t i = 0; i < outcome.x.size(); ++i) sum[i % resources.dimension] += outcome.x[i];
  chart.title = resources.name;
  chart.lines = {{"target", resources.rhs}, {"all agents", std::move(sum)}};
  return chart;
}

}  // namespace entente
