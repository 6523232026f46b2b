// SPDX-License-Identifier: MIT
// entente graph: measures and draws the computation graph of a problem.
#include "entente/graph.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "draw_svg.hpp"
#include "options.hpp"
#include "output.hpp"
#include "problem_files.hpp"

namespace entente::cli {
namespace {

/// The summary as sorted keys and JSON values, which YAML reads as they are.
std::map<std::string, nlohmann::json> members(const GraphSummary& summary) {
  return {{"components", summary.components},
          {"constraints_count", summary.constraints_count},
          {"density", summary.density},
          {"diameter", summary.diameter},
          {"diameter_is_exact", summary.diameter_is_exact},
          {"edges_count", summary.edges_count},
          {"graph", summary.graph},
          {"induced_width", summary.induced_width},
          {"log10_cells", summary.log10_cells},
          {"nodes_count", summary.nodes_count},
          {"status", "OK"},
          {"tree", summary.tree},
          {"variables_count", summary.variables_count}};
}

std::string yaml_text(const GraphSummary& summary) {
  std::string text;
  for (const auto& [key, value] : members(summary)) {
    text += fmt::format("{}: {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

class DescribeGraph final : public Command {
 public:
  explicit DescribeGraph(CLI::App& program) {
    app = program.add_subcommand("graph",
                                 "Measures the computation graph of a problem: nodes, edges, density, components, "
                                 "diameter and the induced width "
                                 "that decides what exact algorithms cost. With --format dot or svg, draws it.");
    app->fallthrough();
    set_example(*app, "entente graph --graph pseudotree --format svg --output tree.svg examples/meeting.yaml");
    std::vector<std::string> types, trees;
    for (const GraphTypeDescription& type : graph_types()) {
      types.push_back(type.name);
      types.insert(types.end(), type.aliases.begin(), type.aliases.end());
    }
    for (const TreeDescription& tree : tree_heuristics()) trees.push_back(tree.name);
    add_choice(*app, "-g,--graph", type_, types, "which computation graph");
    add_choice(*app, "--tree", tree_, trees, "how to find the pseudo-tree, and with it the induced width");
    add_choice(*app, "--format", format_, {"yaml", "json", "dot", "svg"},
               "numbers (also written to standard output when there is an --output), text for Graphviz, or a picture");
    problem_.declare(*app);
  }

  int run(Invocation& invocation) override {
    const Problem problem = problem_.read(invocation);
    const GraphOptions options{.tree = tree_};
    const bool picture = format_ == "dot" || format_ == "svg";
    Output out;
    if (!picture || invocation.options.output.empty()) out.add_standard_output();
    if (!invocation.options.output.empty()) out.add_file(invocation.options.output, "--output");
    std::string text;
    if (picture) {
      text = to_dot(problem, type_, options);
      if (format_ == "svg") text = draw_svg(text);
    } else {
      const GraphSummary summary = describe_graph(problem, type_, options);
      text = format_ == "json" ? nlohmann::json(members(summary)).dump(2) + "\n" : yaml_text(summary);
    }
    out.write(text);
    out.finish();
    return exit_ok;
  }

 private:
  ProblemFiles problem_;
  std::string type_ = "constraints_hypergraph", tree_ = GraphOptions().tree, format_ = "yaml";
};

}  // namespace

std::unique_ptr<Command> make_graph(CLI::App& program) { return std::make_unique<DescribeGraph>(program); }

}  // namespace entente::cli
