// SPDX-License-Identifier: MIT
// A network as one program over generations and angles.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "coordinators/merged_network.hpp"
#include "entente/base/error.hpp"

namespace entente::admm {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The most that angles can differ from the first of their part: lines' flows times reactances, along the best way. No
/// line carries more than all buses together can feed in, or take out.
std::vector<double> angle_limits(const ResourceProblem& problem, const std::vector<Bus>& models,
                                 std::vector<char>& first_of_part) {
  const std::size_t buses = problem.agents.size();
  double fed = 0, taken = 0;
  for (std::size_t b = 0; b < buses; ++b) {
    fed += std::max(0.0, models[b].model.upper[0] - problem.agents[b].load);
    taken += std::max(0.0, problem.agents[b].load - models[b].model.lower[0]);
  }
  const double most = 1.000001 * std::min(fed, taken);
  std::vector<std::vector<std::pair<std::uint32_t, double>>> ways(buses);
  for (const ResourceLine& line : problem.lines) {
    const double length = std::min(line.capacity, most) * line.reactance;
    ways[line.from].push_back({line.to, length});
    ways[line.to].push_back({line.from, length});
  }
  std::vector<double> far(buses, infinite);
  std::vector<char> seen(buses, 0);
  first_of_part.assign(buses, 0);
  using Entry = std::pair<double, std::uint32_t>;
  for (std::uint32_t b = 0; b < buses; ++b) {
    if (seen[b]) continue;
    first_of_part[b] = 1;
    far[b] = 0;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    queue.push({0, b});
    while (!queue.empty()) {
      const auto [length, at] = queue.top();
      queue.pop();
      if (seen[at]) continue;
      seen[at] = 1;
      for (const auto& [to, more] : ways[at]) {
        if (length + more < far[to] || (!seen[to] && far[to] == infinite)) {
          far[to] = std::min(far[to], length + more);
          queue.push({far[to], to});
        }
      }
    }
  }
  return far;
}

}  // namespace

MergedNetwork merge_network(const ResourceProblem& problem, const std::vector<Bus>& buses, double unit) {
  const std::size_t count = buses.size();
  MergedNetwork made;
  made.second_half.assign(count, 0);
  std::size_t generations = count;
  for (std::size_t b = 0; b < count; ++b) {
    const ResourceAgent& model = buses[b].model;
    if (problem.agents[b].l1 > 0 && model.lower[0] < 0 && model.upper[0] > 0) made.second_half[b] = generations++;
  }
  made.angles = generations;
  const std::size_t n = generations + count;
  made.all = ResourceAgent{.id = "all",
                           .quadratic = std::vector<double>(n, 0),
                           .linear = std::vector<double>(n, 0),
                           .constant = 0,
                           .l1 = 0,
                           .measurement = {},
                           .measured = {},
                           .lower = std::vector<double>(n, 0),
                           .upper = std::vector<double>(n, 0),
                           .equality = DenseMatrix(count, n),
                           .equality_rhs = {},
                           .inequality = DenseMatrix(0, n),
                           .inequality_rhs = {}};
  ResourceAgent& all = made.all;
  std::vector<char> first_of_part;
  const std::vector<double> far = angle_limits(problem, buses, first_of_part);
  for (std::size_t b = 0; b < count; ++b) {
    const ResourceAgent& model = buses[b].model;
    all.constant += model.constant;
    all.equality(b, b) = 1;
    all.equality_rhs.push_back(problem.agents[b].load);
    all.quadratic[b] = model.quadratic[0];
    all.linear[b] = model.linear[0];
    all.lower[b] = model.lower[0];
    all.upper[b] = model.upper[0];
    if (const std::size_t half = made.second_half[b]; half > 0) {
      all.linear[b] = model.linear[0] + problem.agents[b].l1;
      all.lower[b] = 0;
      all.quadratic[half] = model.quadratic[0];
      all.linear[half] = problem.agents[b].l1 - model.linear[0];
      all.upper[half] = -model.lower[0];
      all.equality(b, half) = -1;
    }
    all.upper[generations + b] = first_of_part[b] ? 0 : far[b] / unit;
    all.lower[generations + b] = -all.upper[generations + b];
  }
  for (std::uint32_t l = 0; l < problem.lines.size(); ++l) {
    const ResourceLine& line = problem.lines[l];
    const double flow = unit / line.reactance;
    all.equality(line.from, generations + line.from) -= flow;
    all.equality(line.from, generations + line.to) += flow;
    all.equality(line.to, generations + line.to) -= flow;
    all.equality(line.to, generations + line.from) += flow;
    if (line.capacity == infinite) continue;
    for (const double sign : {1.0, -1.0}) {
      all.inequality.values.resize(all.inequality.values.size() + n, 0);
      ++all.inequality.rows;
      all.inequality(all.inequality.rows - 1, generations + line.from) = sign * flow;
      all.inequality(all.inequality.rows - 1, generations + line.to) = -sign * flow;
      all.inequality_rhs.push_back(line.capacity);
      made.line_of_row.push_back(l);
    }
  }
  return made;
}

std::string blame_network(const ResourceProblem& problem, const MergedNetwork& merged,
                          const std::vector<quadratic::Contradiction>& shares) {
  using quadratic::LimitKind;
  std::vector<std::string> balances, generations, lines;
  const auto name = [&](std::size_t b) { return printable(problem.agents[b].id); };
  for (const quadratic::Contradiction& share : shares) {
    if (share.kind == LimitKind::equality) balances.push_back(name(share.index));
    if (share.kind == LimitKind::inequality) {
      const ResourceLine& line = problem.lines[merged.line_of_row[share.index]];
      lines.push_back(fmt::format("{}-{} (capacity {})", name(line.from), name(line.to), line.capacity));
    }
    if ((share.kind == LimitKind::lower || share.kind == LimitKind::upper) && share.index < problem.agents.size()) {
      const ResourceAgent& agent = problem.agents[share.index];
      generations.push_back(fmt::format("{} {} {}", name(share.index), share.kind == LimitKind::lower ? ">=" : "<=",
                                        share.kind == LimitKind::lower ? agent.lower[0] : agent.upper[0]));
    }
  }
  const auto listed = [](std::vector<std::string>& names) {
    if (names.size() > 6) names.resize(6), names.push_back("...");
    return fmt::format("{}", fmt::join(names, ", "));
  };
  std::string text = "network: loads and limits contradict each other";
  if (!balances.empty()) text += fmt::format("; balance of {}", listed(balances));
  if (!generations.empty()) text += fmt::format("; generation {}", listed(generations));
  if (!lines.empty()) text += fmt::format("; lines {}", listed(lines));
  return text;
}

}  // namespace entente::admm
