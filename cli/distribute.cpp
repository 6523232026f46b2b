// SPDX-License-Identifier: MIT
// entente distribute: places the computations of a problem on its agents, and says what that costs.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <optional>

#include "command.hpp"
#include "entente/base/suggest.hpp"
#include "entente/graph.hpp"
#include "entente/placement.hpp"
#include "entente/solve.hpp"
#include "entente/solve/place.hpp"
#include "json_text.hpp"
#include "options.hpp"
#include "output.hpp"
#include "problem_files.hpp"

namespace entente::cli {
namespace {

constexpr std::array graphs{Graph::constraint, Graph::factor, Graph::ordered, Graph::pseudotree};

/// Plain where YAML reads it back as the same text, else quoted.
std::string yaml_text(const std::string& text) {
  static const std::vector<std::string> reserved{"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan"};
  std::string lower;
  bool plain = !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '_');
  for (const char c : text) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.');
  }
  if (plain && std::find(reserved.begin(), reserved.end(), lower) == reserved.end()) return text;
  std::string quoted;
  append_json(quoted, std::string_view(text));
  return quoted;
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + yaml_text(text);
  return "[" + list + "]";
}

class Distribute final : public Command {
 public:
  explicit Distribute(CLI::App& program) {
    app = program.add_subcommand("distribute",
                                 "Says which agent is to host which computation: within capacities and hints, with "
                                 "little communication and hosting cost. Prints YAML that 'entente solve -d' reads.");
    app->fallthrough();
    set_example(*app, "entente distribute -g factor_graph -d heur_comhost examples/smart_lights.yaml");
    std::vector<std::string> types, methods;
    for (const GraphTypeDescription& type : graph_types()) {
      types.push_back(type.name);
      types.insert(types.end(), type.aliases.begin(), type.aliases.end());
    }
    for (const PlacementMethod& method : placement_methods()) methods.push_back(method.name);
    add_choice(*app, "-g,--graph", graph_, types, "which computation graph; without it, that of --algo");
    add_text(*app, "-a,--algo", algorithm_, "ALGORITHM",
             "the algorithm that is to run: its messages say how much each computation holds and each link carries; "
             "without it one value a link, and on factor graphs one for each value of a variable");
    add_text(
        *app, "-d,--distribution", method_, fmt::format("{}|FILE", fmt::join(methods, "|")),
        "how to place, or a distribution file, to see what that one costs; --timeout limits integer programs, which "
        "otherwise have 60 seconds");
    add_choice(*app, "--cost", cost_, methods,
               "weigh 'cost' as this method does: 0.8 communication and 0.2 hosting, or communication alone for "
               "ilp_fgdp and oilp_secp_...");
    problem_.declare(*app);
  }

  bool has_timeout() const override { return true; }
  int run(Invocation& invocation) override;

 private:
  Graph graph() const;

  ProblemFiles problem_;
  std::string graph_, algorithm_, method_, cost_;
};

Graph Distribute::graph() const {
  std::optional<Graph> of_name, of_algorithm;
  if (!graph_.empty())
    for (const Graph graph : graphs)
      if (graph_name(graph) == (graph_ == "pseudo_tree" ? "pseudotree" : graph_)) of_name = graph;
  if (!algorithm_.empty()) of_algorithm = describe_algorithm(algorithm_).info.graph;
  if (of_name && of_algorithm && *of_name != *of_algorithm)
    throw Error(ErrorCode::wrong_use, fmt::format("--graph: {} runs on the {}, not the {}; leave one of --graph and "
                                                  "--algo out",
                                                  algorithm_, graph_name(*of_algorithm), graph_name(*of_name)));
  if (!of_name && !of_algorithm)
    throw Error(ErrorCode::wrong_use, "distribute needs to know the computations: give --graph, or --algo");
  return of_algorithm ? *of_algorithm : *of_name;
}

int Distribute::run(Invocation& invocation) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<PlacementMethod> methods = placement_methods();
  const auto find = [&](const std::string& name) {
    return std::find_if(methods.begin(), methods.end(), [&](const auto& method) { return method.name == name; });
  };
  if (method_.empty()) throw Error(ErrorCode::wrong_use, "--distribution is missing: how to place, as in 'adhoc'");
  const bool is_method = find(method_) != methods.end();
  struct stat what {};
  if (!is_method && method_ != "-" && ::stat(method_.c_str(), &what) != 0) {
    std::vector<std::string> names;
    for (const PlacementMethod& method : methods) names.push_back(method.name);
    throw Error(ErrorCode::wrong_use,
                fmt::format("--distribution: '{}' is neither a way to place nor a file that exists{}; there are {}",
                            printable(method_), did_you_mean(method_, names), fmt::join(names, ", ")));
  }
  const double strict = invocation.options.strict_timeout;
  PlacementOptions options;
  if (!algorithm_.empty()) options.load = link_load(algorithm_);
  if (invocation.options.timeout > 0) options.timeout = invocation.options.timeout;
  if (strict > 0) options.timeout = std::min(options.timeout, std::max(0.01, 0.9 * strict));
  options.seed = invocation.options.seed;
  const Graph graph = this->graph();
  const Problem problem = problem_.read(invocation);
  Output out;
  add_result_places(out, invocation);

  PlacementResult result;
  std::string status = "SUCCESS", error;
  try {
    if (is_method) {
      result = place(problem, graph, method_, options);
    } else {
      result.distribution = read_distribution(method_);
      result.cost = placement_cost(problem, graph, result.distribution, options);
    }
    if (result.timed_out) status = "TIMEOUT";
  } catch (const PlacementFailure& failure) {
    status = "FAIL";
    error = failure.what();
  }
  const std::string& weights = cost_.empty() ? std::string("ilp_compref") : cost_;
  const double cost = find(weights)->communication_only ? result.cost.communication : result.cost.total;
  std::string text =
      fmt::format("inputs:\n  algo: {}\n  dcop: {}\n  dist_algo: {}\n  duration: {:.6f}\n  graph: {}\n",
                  algorithm_.empty() ? "null" : yaml_text(algorithm_), yaml_list(problem_.files), yaml_text(method_),
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), graph_name(graph));
  if (error.empty()) {
    text += "distribution:\n";
    for (const auto& [agent, hosted] : result.distribution.hosted)
      text += fmt::format("  {}: {}\n", yaml_text(agent), yaml_list(hosted));
    text += fmt::format("cost: {}\ncommunication_cost: {}\nhosting_cost: {}\n", cost, result.cost.communication,
                        result.cost.hosting);
    if (is_method && find(method_)->exact) text += fmt::format("proven: {}\n", result.proven);
  } else {
    std::string quoted;
    append_json(quoted, std::string_view(error));
    text += fmt::format("error: {}\n", quoted);
  }
  text += fmt::format("status: {}\n", status);
  out.write(text);
  out.finish();
  if (!error.empty()) invocation.console.error(error);
  return error.empty() ? exit_ok : exit_negative;
}

}  // namespace

std::unique_ptr<Command> make_distribute(CLI::App& program) { return std::make_unique<Distribute>(program); }

}  // namespace entente::cli
