// SPDX-License-Identifier: MIT
// entente generate: benchmark problems as files.
#include "entente/generate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <limits>
#include <optional>

#include "command.hpp"
#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "generate_coordination.hpp"
#include "options.hpp"
#include "output.hpp"
#include "output_stream.hpp"

namespace entente::cli {
namespace {

void write_problem(const Problem& problem, Output& out) {
  OutputStream stream(out);
  write_pydcop_yaml(problem, stream);
  out.finish();
}

/// `g_fgdist.yaml` for `g.yaml`.
std::string path_beside(const std::string& output, const std::string& ending) {
  const std::filesystem::path path(output);
  const std::string extension = path.has_extension() ? path.extension().string() : ".yaml";
  return (path.parent_path() / (path.stem().string() + ending + extension)).string();
}

void add_distribution(const Distribution& distribution, Output& out) {
  out.write("distribution:\n");
  for (const auto& [agent, computations] : distribution.hosted) {
    out.write(fmt::format("  {}: [{}]\n", agent, fmt::join(computations, ", ")));
  }
  out.finish();
}

/// Edges over pairs of the constraint graph, as 'entente graph' prints it.
double density_of(const Problem& problem) {
  const double nodes = problem.variable_count();
  double edges = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) edges += problem.scope(c).empty() ? 0 : 1;
  return nodes < 2 ? 0 : 2 * edges / (nodes * (nodes - 1));
}

/// `path` with every folder called density=… named after the density that the problem has, to one decimal; nothing if
/// there is no such folder.
std::optional<std::string> with_density(const std::string& path, double density) {
  constexpr std::string_view name = "density=";
  std::string corrected;
  bool found = false;
  std::size_t at = 0;
  for (std::size_t end; (end = path.find('/', at)) != std::string::npos; at = end + 1) {
    const std::string folder = path.substr(at, end - at);
    const bool named = folder.starts_with(name);
    corrected += named ? fmt::format("{}{:.1f}/", name, density) : folder + "/";
    found = found || named;
  }
  if (!found) return std::nullopt;
  return corrected + path.substr(at);
}

/// One generator: its options and what it makes of them.
class Generator {
 public:
  virtual ~Generator() = default;
  virtual Problem make(Invocation& invocation) = 0;
  /// Writes the problem, and what goes beside it; `path` is that of --output, empty when there is none.
  virtual void write(const Problem& problem, Output& out, const std::string& /*path*/) { write_problem(problem, out); }

  CLI::App* app = nullptr;

 protected:
  static CLI::App* declare(CLI::App& group, const char* name, const char* about, const char* example) {
    CLI::App* app = group.add_subcommand(name, about);
    app->fallthrough();
    set_example(*app, example);
    return app;
  }
};

constexpr std::uint64_t most_variables = 100'000'000;

class GraphColoring final : public Generator {
 public:
  explicit GraphColoring(CLI::App& group) {
    app = declare(group, "graph_coloring",
                  "Graph colouring: neighbours want different colours. Hard by default (1000 if equal); --soft draws a "
                  "cost from 0 to 9 for each pair of colours.",
                  "entente generate graph_coloring -v 10 -c 3 -g random -p 0.5 --soft --output coloring.yaml");
    add_whole(*app, "-v,--variables_count", variables_, 1, most_variables, "N", "how many variables")->required();
    add_whole(*app, "-c,--colors_count", colors_, 1, 1000, "N", "how many colours")->required();
    add_choice(*app, "-g,--graph", graph_, {"random", "grid", "scalefree"}, "which variables are neighbours")
        ->required();
    add_real(*app, "-p,--p_edge", options_.p_edge, {0, 1}, "P", "random: chance of each pair to be neighbours");
    add_whole(*app, "-m,--m_edge", m_edge_, 1, most_variables, "N", "scalefree: neighbours a new variable gets");
    add_flag(*app, "--allow_subgraph", options_.allow_subgraph, "accept a random graph that is not connected");
    add_flag(*app, "--soft", options_.soft, "draw the cost of each pair of colours");
    add_flag(*app, "--intentional", options_.intentional, "write constraints as expressions instead of tables");
    add_flag(*app, "--noagents", options_.noagents, "leave the agents out");
  }

  Problem make(Invocation& invocation) override {
    options_.variables_count = static_cast<std::uint32_t>(*variables_);
    options_.colors_count = static_cast<std::uint32_t>(*colors_);
    options_.graph = graph_ == "random" ? ColoringGraph::random
                     : graph_ == "grid" ? ColoringGraph::grid
                                        : ColoringGraph::scalefree;
    if (m_edge_) options_.m_edge = static_cast<std::uint32_t>(*m_edge_);
    options_.seed = invocation.options.seed;
    return generate_graph_coloring(options_);
  }

 private:
  GraphColoringOptions options_;
  std::optional<std::uint64_t> variables_, colors_, m_edge_;
  std::string graph_;
};

class Ising final : public Generator {
 public:
  explicit Ising(CLI::App& group) {
    app = declare(group, "ising",
                  "The Ising model: spins on a grid whose edges meet, each with a pull of its own and one towards or "
                  "away from each neighbour.",
                  "entente generate ising --row_count 5 --bin_range 1.6 --un_range 0.05 --output ising.yaml");
    add_whole(*app, "--row_count", rows_, 1, most_variables, "N", "rows of the grid")->required();
    add_whole(*app, "--col_count", columns_, 1, most_variables, "N", "columns of the grid, default as many as rows");
    add_real(*app, "--bin_range", options_.bin_range, {0, 1e300}, "K",
             "pulls between neighbours are drawn from -K to K");
    add_real(*app, "--un_range", options_.un_range, {0, 1e300}, "K", "pulls of single spins are drawn from -K to K");
    add_flag(*app, "--intentional", options_.intentional, "write constraints as expressions instead of tables");
    add_flag(*app, "--no_agents", options_.no_agents, "leave the agents out");
    add_flag(*app, "--fg_dist", options_.fg_dist,
             "also write OUTPUT_fgdist.yaml, a distribution for factor graphs; needs --output");
    add_flag(*app, "--var_dist", options_.var_dist,
             "also write OUTPUT_vardist.yaml, a distribution of variables; needs --output");
  }

  Problem make(Invocation& invocation) override {
    const std::string& output = invocation.options.output;
    for (const auto& [wanted, name] : {std::pair(options_.fg_dist, "--fg_dist"), {options_.var_dist, "--var_dist"}}) {
      if (wanted && output.empty()) {
        throw Error(ErrorCode::wrong_use, fmt::format("{} writes beside the problem; add --output FILE", name));
      }
    }
    options_.row_count = static_cast<std::uint32_t>(*rows_);
    options_.col_count = static_cast<std::uint32_t>(columns_.value_or(0));
    options_.seed = invocation.options.seed;
    IsingProblem ising = generate_ising(options_);
    factors_ = std::move(ising.fg_dist);
    single_variables_ = std::move(ising.var_dist);
    return std::move(ising.problem);
  }
  void write(const Problem& problem, Output& out, const std::string& path) override {
    Output factors, variables;
    if (factors_) factors.add_file(path_beside(path, "_fgdist"), "--fg_dist");
    if (single_variables_) variables.add_file(path_beside(path, "_vardist"), "--var_dist");
    write_problem(problem, out);
    if (factors_) add_distribution(*factors_, factors);
    if (single_variables_) add_distribution(*single_variables_, variables);
  }

 private:
  IsingOptions options_;
  std::optional<Distribution> factors_, single_variables_;
  std::optional<std::uint64_t> rows_, columns_;
};

/// What `random` and `scalefree` share: random tables.
class RandomTables {
 public:
  void declare(CLI::App& app, std::uint64_t most_values) {
    constexpr double any = std::numeric_limits<double>::infinity();
    add_whole(app, "-r,--domain_size", domain_size, 1, most_values, "N", "values of each variable");
    add_real(app, "--cost_low", costs.cost_low, {-any, any}, "COST", "lowest cost of a tuple of values");
    add_real(app, "--cost_high", costs.cost_high, {-any, any}, "COST", "highest cost of a tuple of values");
    add_flag(app, "--real_costs", costs.real_costs, "draw real numbers instead of whole ones");
    add_real(app, "--hard_share", costs.hard_share, {0, 1}, "P", "chance of each tuple of values to be forbidden");
    add_choice(app, "--objective", objective_, {"min", "max"}, "whether costs are to be low, or high");
    add_flag(app, "--noagents", noagents, "leave the agents out");
  }
  Objective objective() const { return objective_ == "max" ? Objective::maximise : Objective::minimise; }

  std::uint64_t domain_size = 3;
  CostOptions costs;
  bool noagents = false;

 private:
  std::string objective_ = "min";
};

class Random final : public Generator {
 public:
  explicit Random(CLI::App& group) {
    app = declare(group, "random",
                  "Random tables over randomly drawn sets of variables; give --density or --constraints_count.",
                  "entente generate random -v 20 --density 0.3 --domain_size 4 --output random.yaml");
    add_whole(*app, "-v,--variables_count", variables_, 1, most_variables, "N", "how many variables")->required();
    add_real(*app, "-d,--density", options_.density, {0, 1}, "P",
             "share of all sets of variables that get a constraint");
    add_whole(*app, "--constraints_count", options_.constraints_count, 0, 2'000'000'000, "N", "how many constraints");
    add_whole(*app, "-A,--arity", arity_, 1, 24, "N", "variables of each constraint");
    tables_.declare(*app, 1 << 20);
  }

  Problem make(Invocation& invocation) override {
    options_.variables_count = static_cast<std::uint32_t>(*variables_);
    options_.arity = static_cast<std::uint32_t>(arity_);
    options_.domain_size = static_cast<std::uint32_t>(tables_.domain_size);
    options_.costs = tables_.costs;
    options_.objective = tables_.objective();
    options_.noagents = tables_.noagents;
    options_.seed = invocation.options.seed;
    return generate_random(options_);
  }

 private:
  RandomOptions options_;
  RandomTables tables_;
  std::optional<std::uint64_t> variables_;
  std::uint64_t arity_ = 2;
};

class Scalefree final : public Generator {
 public:
  explicit Scalefree(CLI::App& group) {
    app = declare(group, "scalefree", "Random binary tables on a scale-free (Barabasi-Albert) graph.",
                  "entente generate scalefree -v 100 -m 2 --domain_size 3 --output scalefree.yaml");
    add_whole(*app, "-v,--variables_count", variables_, 2, most_variables, "N", "how many variables")->required();
    add_whole(*app, "-m,--m_edge", m_edge_, 1, most_variables, "N", "constraints a new variable gets to older ones");
    tables_.declare(*app, 4096);
  }

  Problem make(Invocation& invocation) override {
    ScalefreeOptions options;
    options.variables_count = static_cast<std::uint32_t>(*variables_);
    options.m_edge = static_cast<std::uint32_t>(m_edge_);
    options.domain_size = static_cast<std::uint32_t>(tables_.domain_size);
    options.costs = tables_.costs;
    options.objective = tables_.objective();
    options.noagents = tables_.noagents;
    options.seed = invocation.options.seed;
    return generate_scalefree(options);
  }

 private:
  RandomTables tables_;
  std::optional<std::uint64_t> variables_;
  std::uint64_t m_edge_ = 2;
};

class Generate final : public Command {
 public:
  explicit Generate(CLI::App& program) {
    app = program.add_subcommand("generate",
                                 "Makes benchmark problems. The problem goes to --output when given, else to standard "
                                 "output. The same --seed gives the same problem on every machine.");
    app->fallthrough();
    app->require_subcommand(0, 1);
    set_example(*app, "entente --output ising.yaml generate ising --row_count 4 --seed 7");
    add_flag(*app, "-c,--correct_density", correct_density_,
             "in the path of --output, write the density that the problem came out with (one decimal) for d wherever a "
             "folder is called density=d");
    generators_.push_back(std::make_unique<GraphColoring>(*app));
    generators_.push_back(std::make_unique<Ising>(*app));
    generators_.push_back(std::make_unique<Random>(*app));
    generators_.push_back(std::make_unique<Scalefree>(*app));
    coordination_ = coordination_generators(*app);
  }

  int run(Invocation& invocation) override {
    if (app->get_subcommands().empty()) {
      throw Error(
          ErrorCode::wrong_use,
          "generate what? graph_coloring, ising, random, scalefree, schedules or resources; 'entente generate --help' "
          "tells more");
    }
    std::string path = invocation.options.output;
    Output out;
    if (!correct_density_) add_place(out, path);
    for (const auto& generator : generators_) {
      if (!generator->app->parsed()) continue;
      const Problem problem = generator->make(invocation);
      if (correct_density_) {
        path = corrected(path, problem, invocation);
        add_place(out, path);
      }
      generator->write(problem, out, path);
    }
    for (const auto& generator : coordination_) {
      if (!generator->app->parsed()) continue;
      if (correct_density_) throw Error(ErrorCode::wrong_use, "--correct_density: this problem has no density");
      generator->write(invocation, out);
    }
    return exit_ok;
  }

 private:
  static void add_place(Output& out, const std::string& path) {
    if (path.empty())
      out.add_standard_output();
    else
      out.add_file(path, "--output");
  }
  static std::string corrected(const std::string& path, const Problem& problem, Invocation& invocation) {
    const auto right = with_density(path, density_of(problem));
    if (!right) {
      invocation.console.note("--correct_density changes nothing: no folder in --output is called density=d");
      return path;
    }
    invocation.console.note(fmt::format("writing to {}", printable(*right, 300)));
    // The folder may be new; where it cannot be made, opening the file says why.
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(*right).parent_path(), ignored);
    return *right;
  }

  std::vector<std::unique_ptr<Generator>> generators_;
  std::vector<std::unique_ptr<CoordinationGenerator>> coordination_;
  bool correct_density_ = false;
};

}  // namespace

std::unique_ptr<Command> make_generate(CLI::App& program) { return std::make_unique<Generate>(program); }

}  // namespace entente::cli
