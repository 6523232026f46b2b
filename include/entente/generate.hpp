// SPDX-License-Identifier: MIT
// Generators of benchmark problems. Options are called as on the command line of `entente generate`.
#pragma once

#include <cstdint>
#include <optional>

#include "entente/problem/formats.hpp"
#include "entente/problem/problem.hpp"
#include "entente/problem/resource_problem.hpp"
#include "entente/problem/schedule_problem.hpp"

namespace entente {

// Every generator
//   - is a function of its options alone: the same seed gives the same problem on every machine;
//   - throws Error{wrong_use} that names the option, its value and what is allowed, or Error{too_large} for problems
//     beyond 10^8 variables or 2 * 10^9 constraints or cells of one table beyond 2^24;
//   - adds one agent per variable unless told not to; agents cost more memory than variables, so leave them out of
//     problems with millions of variables (each variable then has an agent of its own anyway).

enum class ColoringGraph {
  random,     ///< Erdős-Rényi: each pair is an edge with probability `p_edge`.
  grid,       ///< A square grid.
  scalefree,  ///< Barabási-Albert: each new variable is joined to `m_edge` older ones, preferably well-joined ones.
};

struct GraphColoringOptions {
  std::uint32_t variables_count = 0;  ///< At least 1; for a grid a square number.
  std::uint32_t colors_count = 0;     ///< 1 to 1000. The first eight are pyDCOP's R G B O F Y L C, then C9, C10, ….
  ColoringGraph graph = ColoringGraph::random;
  bool allow_subgraph = false;  ///< Accept a random graph that is not connected.
  bool soft = false;            ///< Each pair of colours costs a whole number 0 to 9, instead of 1000 if equal.
  bool intentional = false;     ///< Write constraints as expressions; not with `soft`.
  bool noagents = false;
  std::optional<double> p_edge;         ///< [0, 1]; needed for and only for a random graph.
  std::optional<std::uint32_t> m_edge;  ///< 1 to variables_count - 1; needed for and only for a scale-free graph.
  std::uint64_t seed = 0;
};

/// Returns a graph-colouring problem: variables v00, v01, … (two digits or more), constraints c0, c1, …, agents a00, ….
///
/// A random graph is drawn again until it is connected; after 1000 draws or 5 * 10^7 edges in all without success that
/// is an error which says how likely edges have to be. Scale-free graphs have m_edge (variables_count - m_edge) edges
/// and number their variables in random order, so that the number tells nothing of the degree.
Problem generate_graph_coloring(const GraphColoringOptions& options);

struct IsingOptions {
  std::uint32_t row_count = 0;  ///< At least 1.
  std::uint32_t col_count = 0;  ///< 0: as many as rows.
  double bin_range = 1.6;       ///< At least 0: strength k of an interaction is uniform in [-bin_range, bin_range].
  double un_range = 0.05;       ///< At least 0: the same for a spin alone.
  bool intentional = false;     ///< Write constraints as expressions.
  bool no_agents = false;
  bool fg_dist =
      false;  ///< Also give each spin's agent its variable, its unary constraint and those to right and below.
  bool var_dist = false;  ///< Also give each spin's agent its variable.
  std::uint64_t seed = 0;
};

struct IsingProblem {
  Problem problem;
  std::optional<Distribution> fg_dist, var_dist;  ///< Those that were asked for.
};

/// Returns spins 0/1 on a grid whose edges meet: a constraint costs k where two neighbours agree and -k where not, and
/// each spin costs k at 0 and -k at 1. Variables v_ROW_COLUMN, constraints cu_VARIABLE and cb_VARIABLE_VARIABLE (lower
/// row and column first), agents a_ROW_COLUMN. With fewer than three rows (columns) the grid is open that way, since
/// the link around would double another.
///
/// From  Cerquides et al., "Improving max-sum through decimation to solve loopy distributed constraint optimization
///       problems", 2018.
IsingProblem generate_ising(const IsingOptions& options);

/// How random costs are drawn.
struct CostOptions {
  double cost_low = 0;      ///< Whole numbers unless `real_costs`; both ends included.
  double cost_high = 100;   ///< At least `cost_low`.
  bool real_costs = false;  ///< Uniform real numbers instead of whole ones.
  double hard_share = 0;    ///< [0, 1]: chance of each tuple of values to be forbidden (an infinite cost).
};

struct RandomOptions {
  std::uint32_t variables_count = 0;               ///< At least 1.
  std::optional<double> density;                   ///< [0, 1]: share of all scopes of that arity; or else
  std::optional<std::uint64_t> constraints_count;  ///< how many constraints.
  std::uint32_t domain_size = 3;                   ///< 1 to 2^20.
  std::uint32_t arity = 2;                         ///< 1 to variables_count, and at most 24.
  CostOptions costs = {};
  Objective objective = Objective::minimise;
  bool noagents = false;
  std::uint64_t seed = 0;
};

/// Returns `constraints_count` different scopes of `arity` variables, drawn uniformly, with random tables (of scopes
/// that are more than 2^63 in all, two may coincide). The graph need not be connected. Variables are x0, x1, …,
/// constraints c0, c1, … by scope, agents a0, a1, ….
///
/// Cost  O(constraints * (cells + log constraints)); memory 8 bytes per constraint beyond the problem itself.
Problem generate_random(const RandomOptions& options);

struct ScalefreeOptions {
  std::uint32_t variables_count = 0;  ///< At least 2.
  std::uint32_t m_edge = 2;           ///< 1 to variables_count - 1: constraints from each new variable to older ones.
  std::uint32_t domain_size = 3;      ///< 1 to 4096.
  CostOptions costs = {};
  Objective objective = Objective::minimise;
  bool noagents = false;
  std::uint64_t seed = 0;
};

/// Returns random binary tables on a Barabási-Albert graph: m_edge (variables_count - m_edge) constraints, connected.
/// Names as `generate_random`; variables are numbered in random order.
Problem generate_scalefree(const ScalefreeOptions& options);

/// How the target of a schedule problem comes about.
enum class ScheduleTarget {
  planted,  ///< The sum of one selection: the optimum is 0.
  day,      ///< The mean of all that agents can do, bent so that the afternoon wants more and the night less.
  flat,     ///< The same in every step: what agents do in the mean over the whole time.
};

struct SchedulesOptions {
  std::uint32_t agents_count = 0;      ///< At least 1.
  std::uint32_t schedules_count = 20;  ///< At least 1: to choose from, for each agent.
  std::uint32_t steps = 96;            ///< At least 1, of one day together.
  ScheduleTarget target = ScheduleTarget::day;
  std::uint64_t seed = 0;
};

/// Returns a day of a virtual power plant: agents in turn are cogeneration units, batteries, electric vehicles, heat
/// pumps and solar plants, each with schedules in kW to three decimals that its kind can follow. At most 2^27 numbers.
ScheduleProblem generate_schedules(const SchedulesOptions& options);

struct ResourcesOptions {
  ResourceKind kind = ResourceKind::sharing;
  Coupling coupling = Coupling::equality;  ///< Of sharing.
  std::uint32_t agents_count = 0;          ///< At least 1; of a network at least 2.
  std::uint32_t dimension = 1;             ///< At least 1; of a network 1.
  std::uint64_t seed = 0;
};

/// Returns a feasible resource problem with quadratic costs. Sharing: generators within limits; where the dimension is
/// above 1 every other agent is a vehicle that needs a certain energy in all. Consensus: least squares of measurements
/// with few true causes, and an l1 term. Network: a ring of buses with chords. At most 2^27 numbers.
ResourceProblem generate_resources(const ResourcesOptions& options);

}  // namespace entente
