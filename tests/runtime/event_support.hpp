// SPDX-License-Identifier: MIT
// What the tests of the event engine share: small problems, topologies, and algorithms that only tests need.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/problem/builder.hpp"
#include "entente/problem/problem.hpp"
#include "runtime/event_engine.hpp"

namespace entente::event_tests {

using runtime::EventTopology;
using runtime::run_events;
using runtime::RunControl;
using runtime::RunEnd;
using runtime::RunResult;

/// Neighbour lists that own their arrays.
struct Neighbours {
  std::vector<std::uint32_t> first, items;

  Neighbours(std::uint32_t count, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
    std::vector<std::vector<std::uint32_t>> lists(count);
    for (const auto& [a, b] : edges) {
      lists[a].push_back(b);
      lists[b].push_back(a);
    }
    first.push_back(0);
    for (auto& list : lists) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
      items.insert(items.end(), list.begin(), list.end());
      first.push_back(std::uint32_t(items.size()));
    }
  }
  EventTopology topology() const {
    return {first.data(), items.data(), std::uint32_t(first.size() - 1), nullptr, nullptr};
  }
};

inline std::vector<std::pair<std::uint32_t, std::uint32_t>> ring_edges(std::uint32_t count) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (std::uint32_t i = 0; i < count; ++i) edges.emplace_back(i, (i + 1) % count);
  return edges;
}

/// A ring, so that everybody has somebody, and `extra` random edges.
inline std::vector<std::pair<std::uint32_t, std::uint32_t>> random_edges(std::uint32_t count, std::uint32_t extra,
                                                                         std::uint64_t seed) {
  auto edges = ring_edges(count);
  Random random(seed);
  while (extra-- > 0) {
    const auto a = std::uint32_t(random.below(count)), b = std::uint32_t(random.below(count));
    if (a != b) edges.emplace_back(a, b);
  }
  return edges;
}

inline std::vector<Value> numbers(int count) {
  std::vector<Value> values;
  for (std::int64_t i = 0; i < count; ++i) values.emplace_back(std::in_place_type<std::int64_t>, i);
  return values;
}

/// Variables of `colours` values, none of them with a constraint.
inline Problem free_variables(std::uint32_t count, int colours = 2) {
  ProblemBuilder builder("free", Objective::minimise);
  const auto domain = builder.add_domain("d", numbers(colours));
  for (std::uint32_t i = 0; i < count; ++i) builder.add_variable("", domain);
  return builder.build();
}

/// Neighbours that are alike cost 1.
inline Problem colouring(std::uint32_t count, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges,
                         int colours) {
  ProblemBuilder builder("colouring", Objective::minimise);
  const auto domain = builder.add_domain("d", numbers(colours));
  for (std::uint32_t i = 0; i < count; ++i) builder.add_variable("", domain);
  std::vector<double> cells(std::size_t(colours) * colours);
  for (int i = 0; i < colours; ++i) cells[std::size_t(i) * colours + i] = 1;
  const auto table = builder.add_table(cells);
  for (const auto& [a, b] : edges) {
    const VariableId scope[] = {a, b};
    builder.add_table_constraint("", scope, table);
  }
  return builder.build();
}

inline RunControl on_threads(int threads, std::uint64_t seed = 1) {
  RunControl control;
  control.threads = threads;
  control.seed = seed;
  return control;
}

/// Tokens that walk a given number of edges each, along paths that depend on nothing but the token.
struct Walk {
  static constexpr Info info{.name = "walk", .timing = Timing::events, .confluent = true};
  struct Params {
    std::int64_t hops = 16, tokens = 1;
  };
  static constexpr auto parameters = std::tuple{integer("hops", &Params::hops, 0, 1'000'000'000, "edges to walk"),
                                                integer("tokens", &Params::tokens, 0, 1'000'000, "tokens of each")};
  struct Token {
    std::uint64_t name, hops;
  };
  using Messages = Kinds<Token>;
  /// The workspace: what arrived anywhere.
  struct Totals {
    std::atomic<std::uint64_t> heard{0}, landed{0}, names{0};
  };

  std::uint64_t digest = 0;
  ValueIndex value = 0;

  void start(Agent auto& self) {
    for (std::int64_t t = 0; t < self.params().tokens; ++t)
      go(self, {mix(self.id() * std::uint64_t(1'000'003) + std::uint64_t(t)), std::uint64_t(self.params().hops)});
  }
  void receive(Agent auto& self, ComputationId, Token token) {
    auto& totals = self.template workspace<Totals>();
    totals.heard.fetch_add(1, std::memory_order_relaxed);
    digest += mix(token.name ^ token.hops);
    value = ValueIndex(digest & 0x7fffffff);
    go(self, token);
  }

 private:
  static void go(Agent auto& self, Token token) {
    if (token.hops == 0) {
      auto& totals = self.template workspace<Totals>();
      totals.landed.fetch_add(1, std::memory_order_relaxed);
      totals.names.fetch_add(token.name, std::memory_order_relaxed);
      return;
    }
    --token.hops;
    self.send(self.id(Neighbour(mix(token.name + token.hops) % self.degree())), token);
  }
};

/// DSA without cycles: a variable thinks again whenever a neighbour says that it moved.
struct AsyncDsa {
  static constexpr Info info{.name = "async_dsa", .timing = Timing::events};
  struct Params {
    double probability = 0.7;
  };
  static constexpr auto parameters =
      std::tuple{real("probability", &Params::probability, 0.0, 1.0, "chance of making an improving move")};
  struct Position {
    ValueIndex value;
  };
  using Messages = Kinds<Position>;

  std::vector<ValueIndex> heard;
  ValueIndex value = no_value;

  void start(Agent auto& self) {
    heard.assign(self.degree(), no_value);
    value = self.initial_value();
    self.broadcast(Position{value});
  }
  void receive(Agent auto& self, ComputationId from, const Position& theirs) {
    heard[self.position(from)] = theirs.value;
    self.remind();  // one draw a turn, however many neighbours moved
  }
  void reminded(Agent auto& self) {
    if (std::find(heard.begin(), heard.end(), no_value) != heard.end()) return;
    ValueIndex best = value;
    for (ValueIndex v = 0; v < self.domain(); ++v)
      if (cost(self, v) < cost(self, best)) best = v;
    if (best == value) return;
    if (self.uniform() >= self.params().probability) return self.remind();
    value = best;
    self.broadcast(Position{value});
  }

 private:
  double cost(Agent auto& self, ValueIndex own) const {
    double sum = 0;
    for (const ConstraintId c : self.problem().constraints_of(self.id())) {
      const auto scope = self.problem().scope(c);
      ValueIndex tuple[2];
      for (int k = 0; k < 2; ++k) tuple[k] = scope[k] == self.id() ? own : heard[self.position(scope[k])];
      sum += self.problem().cost(c, tuple);
    }
    return sum;
  }
};

}  // namespace entente::event_tests
