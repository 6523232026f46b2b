// SPDX-License-Identifier: MIT
#include "placement/partitioning.hpp"

#include <metis.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/shared_library.hpp"
#include "entente/base/error.hpp"

namespace entente::placement {
namespace {

/// Below this many parts cutting in two again and again is worth trying.
constexpr std::size_t few_parts = 8;

/// Whole numbers from 1 (0 for 0) to `most` in proportion; the numbers themselves where they are whole and small.
std::vector<idx_t> whole(const std::vector<double>& values, double most) {
  double largest = 0;
  bool exact = true;
  for (const double value : values) {
    largest = std::max(largest, value);
    exact = exact && value == std::floor(value);
  }
  const double scale = (exact && largest <= most) || largest == 0 ? 1 : most / largest;
  std::vector<idx_t> result;
  for (const double value : values)
    result.push_back(value <= 0 ? 0 : std::max(idx_t(1), static_cast<idx_t>(std::llround(value * scale))));
  return result;
}

struct Metis {
  SharedLibrary library{"libmetis.so.5", "libmetis5", "this way to place"};
  decltype(::METIS_PartGraphKway)* kway = library.function<decltype(::METIS_PartGraphKway)>("METIS_PartGraphKway");
  decltype(::METIS_PartGraphRecursive)* recursive =
      library.function<decltype(::METIS_PartGraphRecursive)>("METIS_PartGraphRecursive");
  decltype(::METIS_SetDefaultOptions)* set_defaults =
      library.function<decltype(::METIS_SetDefaultOptions)>("METIS_SetDefaultOptions");
};

const Metis& metis() {
  static const Metis functions;
  return functions;
}

double cut_of(const PlacementModel& model, const std::vector<idx_t>& part) {
  double cut = 0;
  for (std::uint32_t i = 0; i < model.items(); ++i)
    for (const auto& [other, load] : model.links(i))
      if (i < other && part[i] != part[other]) cut += load;
  return cut;
}

}  // namespace

Parts cut_into_parts(const PlacementModel& model, const std::vector<double>& weights, const std::vector<double>& shares,
                     std::uint64_t seed) {
  Parts parts{.of = std::vector<std::uint32_t>(model.items(), 0)};
  if (shares.size() < 2 || model.items() < 2) return parts;
  if (model.neighbours.size() >= std::size_t(1) << 31)
    throw Error(ErrorCode::too_large, "partition takes up to 2^31 links between computations; use adhoc");
  std::vector<idx_t> first(model.first.begin(), model.first.end()), neighbours;
  std::vector<double> loads;
  for (const auto& [other, load] : model.neighbours) {
    neighbours.push_back(static_cast<idx_t>(other));
    loads.push_back(load);
  }
  // Sums of all weights have to fit 31 bits.
  std::vector<idx_t> vertex_weights = whole(weights, std::max(1.0, 1e9 / double(model.items())));
  std::vector<idx_t> link_weights = whole(loads, std::max(1.0, 1e9 / double(std::max<std::size_t>(1, loads.size()))));
  if (std::all_of(vertex_weights.begin(), vertex_weights.end(), [](idx_t w) { return w == 0; }))
    vertex_weights.assign(vertex_weights.size(), 1);
  std::vector<real_t> targets(shares.begin(), shares.end());
  idx_t options[METIS_NOPTIONS];
  const Metis& call = metis();
  call.set_defaults(options);
  options[METIS_OPTION_SEED] = static_cast<idx_t>(seed % 1'000'000'007);
  idx_t items = static_cast<idx_t>(model.items()), constraints = 1, count = static_cast<idx_t>(shares.size()), cut = 0;
  std::size_t most_used = 0;
  for (const auto scheme : {call.kway, call.recursive}) {
    if (scheme == call.recursive && shares.size() > few_parts) continue;
    std::vector<idx_t> part(model.items(), 0);
    const int end = scheme(&items, &constraints, first.data(), neighbours.data(), vertex_weights.data(), nullptr,
                           link_weights.data(), &count, targets.data(), nullptr, options, &cut, part.data());
    if (end != METIS_OK)
      throw Error(ErrorCode::too_large, "METIS ran out of memory while it cut the graph of computations into parts");
    // Graphs of a few items may come back with parts that hold nothing.
    const std::size_t used = std::set<idx_t>(part.begin(), part.end()).size();
    const double load = cut_of(model, part);
    if (used < most_used || (used == most_used && load >= parts.cut)) continue;
    most_used = used;
    parts.cut = load;
    parts.of.assign(part.begin(), part.end());
  }
  return parts;
}

}  // namespace entente::placement
