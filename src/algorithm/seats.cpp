// SPDX-License-Identifier: MIT
#include "algorithm/seats.hpp"

#include <algorithm>
#include <utility>

namespace entente {

namespace {

/// The variables that share a constraint with `variable`, ascending.
std::vector<VariableId> neighbours_of(const Problem& problem, VariableId variable) {
  std::vector<VariableId> list;
  for (const ConstraintId c : problem.constraints_of(variable))
    for (const VariableId v : problem.scope(c))
      if (v != variable) list.push_back(v);
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

}  // namespace

bool Seat::sound(const Problem& problem, VariableId owner) const {
  const std::uint32_t count = problem.variable_count();
  if (size > count || position >= size) return false;
  if (position == 0 ? previous != no_id : previous >= count) return false;
  if (position + 1 == size ? next != no_id : next >= count) return false;
  if (neighbours.size() != neighbours_of(problem, owner).size()) return false;
  std::vector<std::uint32_t> taken = neighbours;
  taken.push_back(position);
  std::sort(taken.begin(), taken.end());
  return taken.back() < size && std::adjacent_find(taken.begin(), taken.end()) == taken.end();
}

std::vector<Seat> seats_along(const Problem& problem, std::span<const VariableId> row) {
  std::vector<std::pair<VariableId, std::uint32_t>> places;
  for (const VariableId v : row) places.emplace_back(v, std::uint32_t(places.size()));
  std::sort(places.begin(), places.end());
  std::vector<Seat> seats(row.size());
  for (std::uint32_t i = 0; i < row.size(); ++i) {
    Seat& seat = seats[i];
    seat.position = i;
    seat.size = std::uint32_t(row.size());
    if (i > 0) seat.previous = row[i - 1];
    if (i + 1 < row.size()) seat.next = row[i + 1];
    for (const VariableId v : neighbours_of(problem, row[i]))
      seat.neighbours.push_back(std::lower_bound(places.begin(), places.end(), std::pair(v, 0u))->second);
  }
  return seats;
}

std::vector<std::vector<VariableId>> separate_rows(const Problem& problem, std::span<const VariableId> order) {
  constexpr std::uint32_t none = ~std::uint32_t(0);
  std::vector<std::uint32_t> part(problem.variable_count(), none);
  std::vector<VariableId> open;
  std::uint32_t parts = 0;
  for (const VariableId first : order) {
    if (part[first] != none) continue;
    part[first] = parts;
    open.assign(1, first);
    while (!open.empty()) {
      const VariableId v = open.back();
      open.pop_back();
      for (const ConstraintId c : problem.constraints_of(v))
        for (const VariableId u : problem.scope(c))
          if (part[u] == none) {
            part[u] = parts;
            open.push_back(u);
          }
    }
    ++parts;
  }
  std::vector<std::vector<VariableId>> rows(parts);
  for (const VariableId v : order) rows[part[v]].push_back(v);
  return rows;
}

}  // namespace entente
