// SPDX-License-Identifier: MIT
// Whole eliminations of random k-trees with a cost for every edge: cells of the joined tables a second.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "kernel/elimination.hpp"

namespace {

using namespace entente;

struct Rows {
  std::vector<std::uint32_t> first{0}, items;
  void close() { first.push_back(static_cast<std::uint32_t>(items.size())); }
};

struct Tree {
  std::vector<VariableId> parent, elimination;
  Rows separator, constraints;
};

struct Instance {
  Problem problem;
  Tree tree;
};

// Variable v > width is joined to a clique of `width` earlier ones; later variables are eliminated first.
Instance k_tree(std::uint32_t variables, std::uint32_t width, std::uint32_t size) {
  ProblemBuilder builder("k-tree", Objective::minimise);
  std::vector<Value> values;
  for (std::uint32_t i = 0; i < size; ++i) values.emplace_back(std::int64_t(i));
  const auto domain = builder.add_domain("d", values);
  Random random(variables * 1000 + width);
  Tree tree;
  std::vector<std::vector<VariableId>> cliques;
  ConstraintId constraints = 0;
  for (VariableId v = 0; v < variables; ++v) {
    builder.add_variable("", domain);
    std::vector<VariableId> clique;
    if (v <= width) {
      for (VariableId u = 0; u < v; ++u) clique.push_back(u);
    } else {
      clique = cliques[random.below(cliques.size())];
      clique.erase(clique.begin() + static_cast<std::ptrdiff_t>(random.below(clique.size())));
    }
    for (const VariableId u : clique) {
      std::vector<double> cells(size * size);
      std::generate(cells.begin(), cells.end(), [&] { return random.uniform(); });
      const VariableId scope[] = {u, v};
      builder.add_table_constraint("", scope, cells);
      tree.separator.items.push_back(u);
      tree.constraints.items.push_back(constraints++);
    }
    tree.separator.close();
    tree.constraints.close();
    tree.parent.push_back(clique.empty() ? no_id : clique.back());
    clique.push_back(v);
    if (v >= width) cliques.push_back(clique);
  }
  for (VariableId v = variables; v-- > 0;) tree.elimination.push_back(v);
  return {builder.build(), std::move(tree)};
}

void eliminate_k_tree(benchmark::State& state, bool choices) {
  const Instance instance =
      k_tree(static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1)),
             static_cast<std::uint32_t>(state.range(2)));
  const EliminationMemory memory = elimination_memory(instance.problem, instance.tree);
  double cells = 0;
  for (auto _ : state) {
    MemoryBudget budget(choices ? std::min(memory.keeping_choices, memory.keeping_inputs - 1) : memory.keeping_inputs);
    cells = eliminate(instance.problem, instance.tree, budget).cells;
  }
  state.counters["Gcells/s"] = benchmark::Counter(cells * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["Mcells"] = cells * 1e-6;
  state.counters["MiB"] = static_cast<double>(choices ? memory.keeping_choices : memory.keeping_inputs) / (1 << 20);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"variables", "width", "values"})->Unit(benchmark::kMillisecond);
  benchmark->Args({100, 4, 10})->Args({60, 6, 8})->Args({60, 8, 5})->Args({40, 10, 4})->Args({40, 20, 2});
}

BENCHMARK_CAPTURE(eliminate_k_tree, tables, false)->Apply(shapes);
BENCHMARK_CAPTURE(eliminate_k_tree, choices, true)->Apply(shapes);

}  // namespace

BENCHMARK_MAIN();
