// SPDX-License-Identifier: MIT
// How a SoftNetwork is made, and how it goes back.
#include "kernel/exact/soft_network.hpp"

#include <algorithm>

#include "kernel/instruction_set.hpp"

namespace entente {
namespace {

const kernel::SoftKernels& kernels_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::v4: return kernel::v4::soft_kernels;
    case InstructionSet::v3: return kernel::v3::soft_kernels;
    case InstructionSet::baseline: break;
  }
  return kernel::baseline::soft_kernels;
}

std::uint32_t padded(ValueIndex size) {
  return (static_cast<std::uint32_t>(size) + Trail::block - 1) / Trail::block * Trail::block;
}

}  // namespace

SoftNetwork::SoftNetwork(const CoreNetwork& core, std::uint64_t memory)
    : core_(core), kernels_(kernels_of(best_instruction_set())), memory_(memory), constant_(core.constant) {
  const auto n = static_cast<std::uint32_t>(core.sizes.size());
  std::size_t values = 0;
  std::uint32_t widest = 0;
  for (std::uint32_t v = 0; v < n; ++v) {
    width_.push_back(padded(core.sizes[v]));
    widest = std::max(widest, width_[v]);
    unary_.push_back(trail_.add(width_[v]));
    std::fill_n(trail_.cells(unary_[v]), width_[v], infinity);
    std::ranges::copy(core.unary[v], trail_.cells(unary_[v]));
    first_value_.push_back(values);
    values += static_cast<std::size_t>(core.sizes[v]);
    for (ValueIndex a = 0; a < core.sizes[v]; ++a) {
      values_.push_back(a);
      value_place_.push_back(a);
    }
    live_.push_back(static_cast<std::uint32_t>(core.sizes[v]));
    open_.push_back(v);
    open_place_.push_back(v);
    next_.push_back(v);
    previous_.push_back(v);
  }
  open_count_ = n;
  degree_.assign(n, 0);
  table_degree_.assign(n, 0);
  support_.assign(n, 0);
  spent_.assign(n, 0);
  tables_of_.resize(n);
  for (PositionSet* set : {&assigned_, &shrunk_, &few_, &raised_, &existential_, &stirred_}) *set = PositionSet(n);
  scratch_.resize(widest);
  more_scratch_.resize(widest);
  sums_.resize(widest);

  weights_.assign(core.functions.size(), 1);
  used_.assign(core.functions.size(), false);
  for (std::uint32_t f = 0; f < core.functions.size(); ++f)
    if (core.functions[f].scope.size() == 2) add_pair(core.functions[f], f);
  for (std::uint32_t f = 0; f < core.functions.size(); ++f)
    if (core.functions[f].scope.size() > 2) add_table(core.functions[f], f);
  restless_tables_ = PositionSet(tables_.size());
  for (std::uint32_t t = 0; t < tables_.size(); ++t) restless_tables_.insert(t);
  for (std::uint32_t v = 0; v < n; ++v) {
    // Values that are forbidden from the start.
    for (ValueIndex a = 0; a < core.sizes[v]; ++a)
      if (core.unary[v][static_cast<std::size_t>(a)] == infinity) discard(v, a);
    if (live_[v] <= 1) assigned_.insert(v);
    shrunk_.insert(v);
    raised_.insert(v);
    stirred_.insert(v);
    few_.insert(v);
  }
}

void SoftNetwork::add_pair(const CoreFunction& function, std::uint32_t origin) {
  const std::uint32_t x = function.scope[0], y = function.scope[1];
  const auto sx = static_cast<std::size_t>(core_.sizes[x]), sy = static_cast<std::size_t>(core_.sizes[y]);
  cells_.push_back(std::make_unique<double[]>(sy * width_[x] + sx * width_[y]));
  double* const onto_x = cells_.back().get();
  double* const onto_y = onto_x + sy * width_[x];
  std::size_t cell = 0;
  std::vector<ValueIndex> tuple(2);
  for (std::size_t a = 0; a < sx; ++a)
    for (std::size_t b = 0; b < sy; ++b, ++cell) {
      double cost = 0;
      if (function.is_sparse()) {
        tuple[0] = static_cast<ValueIndex>(a);
        tuple[1] = static_cast<ValueIndex>(b);
        cost = function.at(tuple, core_.sizes);
      } else {
        cost = function.cells[cell];
      }
      onto_x[b * width_[x] + a] = onto_y[a * width_[y] + b] = cost;
    }
  append_pair(x, y, onto_x, onto_y, origin);
}

void SoftNetwork::append_pair(std::uint32_t x, std::uint32_t y, const double* over_x, const double* over_y,
                              std::uint32_t origin) {
  const auto pair = static_cast<std::uint32_t>(pairs_.size());
  const std::size_t company = company_.size(), between = static_cast<std::size_t>(core_.sizes[x]);
  company_.resize(company + between + static_cast<std::size_t>(core_.sizes[y]), 0);
  const std::uint32_t shifted_x = trail_.add(width_[x]), shifted_y = trail_.add(width_[y]);
  pairs_.push_back({{x, y}, {over_x, over_y}, {shifted_x, shifted_y}, origin, {company, company + between}});
  next_.resize(next_.size() + 2);
  previous_.resize(next_.size());
  link(2 * pair);
  link(2 * pair + 1);
}

void SoftNetwork::add_table(const CoreFunction& function, std::uint32_t origin) {
  Table table{&function, {}, {}, static_cast<std::uint32_t>(function.scope.size()), origin};
  const auto id = static_cast<std::uint32_t>(tables_.size());
  table.stride.resize(function.scope.size());
  std::uint64_t stride = 1;
  for (std::size_t i = function.scope.size(); i-- > 0;) {
    const std::uint32_t v = function.scope[i];
    table.stride[i] = stride;
    if (!function.is_sparse()) stride *= static_cast<std::uint64_t>(core_.sizes[v]);
    tables_of_[v].push_back({id, static_cast<std::uint32_t>(i)});
    ++table_degree_[v];
  }
  for (const std::uint32_t v : function.scope) table.shifted.push_back(trail_.add(width_[v]));
  tables_.push_back(std::move(table));
}

void SoftNetwork::link(std::uint32_t edge) {
  const std::uint32_t at = knot(edge), home = ring(end_of(edge)), last = previous_[home];
  next_[at] = home;
  previous_[at] = last;
  next_[last] = previous_[home] = at;
  ++degree_[end_of(edge)];
}

void SoftNetwork::unlink(std::uint32_t edge) {
  const std::uint32_t at = knot(edge);
  next_[previous_[at]] = next_[at];
  previous_[next_[at]] = previous_[at];
  if (--degree_[end_of(edge)] <= 2) few_.insert(end_of(edge));
  undo_.push_back({Change::unlink, edge, 0});
}

// Knuth, "Dancing links", 2000: what was taken out last finds its place again.
void SoftNetwork::relink(std::uint32_t edge) {
  const std::uint32_t at = knot(edge);
  next_[previous_[at]] = previous_[next_[at]] = at;
  ++degree_[end_of(edge)];
}

void SoftNetwork::close(std::uint32_t variable) {
  const std::uint32_t place = open_place_[variable], last = open_[--open_count_];
  open_[place] = last;
  open_place_[last] = place;
  open_[open_count_] = variable;
  open_place_[variable] = open_count_;
}

void SoftNetwork::push() {
  levels_.push_back({constant_, undo_.size(), pairs_.size(), eliminated_.size(), open_count_, stack_.mark()});
  trail_.push();
}

void SoftNetwork::pop() {
  const Level& level = levels_.back();
  while (undo_.size() > level.undo) {
    const Undo undo = undo_.back();
    undo_.pop_back();
    switch (undo.change) {
      case Change::value: live_[undo.what] = undo.old; break;
      case Change::unlink: relink(undo.what); break;
      case Change::link: {
        const std::uint32_t at = knot(undo.what);
        next_[previous_[at]] = next_[at];
        previous_[next_[at]] = previous_[at];
        --degree_[end_of(undo.what)];
        break;
      }
      case Change::table_left: ++tables_[undo.what].left; break;
      case Change::table_off: {
        Table& table = tables_[undo.what];
        table.active = true;
        for (const std::uint32_t v : table.function->scope) ++table_degree_[v];
        break;
      }
    }
  }
  trail_.pop();
  if (pairs_.size() > level.pairs) company_.resize(pairs_[level.pairs].company[0]);
  pairs_.resize(level.pairs);
  next_.resize(core_.sizes.size() + 2 * level.pairs);
  previous_.resize(next_.size());
  eliminated_.resize(level.eliminated);
  open_count_ = level.open;
  stack_.release(level.cells);
  constant_ = level.constant;
  prune_ = true;  // the top may have come down meanwhile
  levels_.pop_back();
  for (PositionSet* set : {&assigned_, &shrunk_, &few_, &raised_, &existential_, &stirred_, &restless_tables_})
    set->clear();
}

double SoftNetwork::weight(std::uint32_t variable) const {
  double sum = 1;
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at])
    sum += weights_[pairs_[edge_at(at) / 2].origin];
  if (table_degree_[variable] > 0)
    for (const auto& [table, place] : tables_of_[variable])
      if (tables_[table].active) sum += weights_[tables_[table].origin];
  return sum;
}

void SoftNetwork::read_assignment(std::span<ValueIndex> out) const {
  for (std::uint32_t v = 0; v < core_.sizes.size(); ++v) out[v] = values(v)[0];
  for (std::size_t i = eliminated_.size(); i-- > 0;) {
    const auto& [v, first, second] = eliminated_[i];
    ValueIndex best = no_value;
    double least = infinity;
    for (const ValueIndex a : values(v)) {
      double cost = unary(v)[a];
      for (const std::uint32_t edge : {first, second}) {
        if (edge == none) continue;
        const Pair& pair = pairs_[edge / 2];
        const std::uint32_t other = pair.variable[1 - edge % 2];
        cost += pair.rows[edge % 2][static_cast<std::size_t>(out[other]) * width_[v] + static_cast<std::size_t>(a)] -
                trail_.cells(pair.shifted[edge % 2])[a];
      }
      if (best != no_value && (cost > least || (cost == least && a > best))) continue;
      least = cost;
      best = a;
    }
    out[v] = best;
  }
}

std::uint64_t SoftNetwork::bytes() const {
  return trail_.bytes() + stack_.bytes() + undo_.capacity() * sizeof(Undo) + pairs_.capacity() * sizeof(Pair) +
         next_.capacity() * 8;
}

}  // namespace entente
