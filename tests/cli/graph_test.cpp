// SPDX-License-Identifier: MIT
// entente graph: numbers and pictures.
#include "cli/program.hpp"

namespace entente::test {
namespace {

TEST(GraphCommand, a_ring_is_measured_as_yaml_and_json) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", ring(8, "10"));
  const Finished yaml = entente({"graph", "-g", "constraints_hypergraph", file});
  ASSERT_EQ(yaml.code, 0) << yaml.err;
  // A ring of 8: each vertex reaches all others in 4 steps, and eliminating one leaves it two neighbours.
  for (const char* line : {"status: OK\n", "variables_count: 8\n", "constraints_count: 8\n", "nodes_count: 8\n",
                           "edges_count: 8\n", "components: 1\n", "diameter: 4\n", "induced_width: 2\n"}) {
    EXPECT_NE(yaml.out.find(line), std::string::npos) << line << yaml.out;
  }
  EXPECT_NE(yaml.out.find("density: 0.2857142857142857\n"), std::string::npos) << yaml.out;
  const Finished json = entente({"graph", "--graph=constraints_hypergraph", "--format", "json", file});
  EXPECT_EQ(json.json()["diameter"], 4);
  EXPECT_EQ(json.json()["status"], "OK");
}

TEST(GraphCommand, every_type_and_its_alias_is_known) {
  const std::string file = example("smart_lights.yaml");
  for (const char* type : {"constraints_hypergraph", "factor_graph", "pseudotree", "pseudo_tree", "ordered_graph"}) {
    const Finished end = entente({"graph", "-g", type, "--format", "json", file});
    EXPECT_EQ(end.code, 0) << type << end.err;
    EXPECT_EQ(end.json()["variables_count"], 5);
    EXPECT_EQ(end.json()["nodes_count"], std::string(type) == "factor_graph" ? 9 : 5);
  }
}

TEST(GraphCommand, numbers_go_to_the_output_file_as_well_and_pictures_only_there) {
  const Folder folder;
  const std::string file = example("smart_lights.yaml");
  const Finished numbers = entente({"--output", folder.path("g.yaml"), "graph", "-g", "pseudotree", file});
  EXPECT_EQ(numbers.code, 0) << numbers.err;
  EXPECT_EQ(folder.read("g.yaml"), numbers.out);
  const Finished dot =
      entente({"graph", "-g", "pseudotree", "--format", "dot", "--output", folder.path("g.dot"), file});
  EXPECT_EQ(dot.code, 0) << dot.err;
  EXPECT_EQ(dot.out, "");
  EXPECT_NE(folder.read("g.dot").find("reading_lamp"), std::string::npos);
}

TEST(GraphCommand, graphviz_draws_svg_and_its_absence_is_explained) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", ring(300, "10"));
  if (shell("command -v dot").code == 0) {
    const Finished end = entente({"graph", "-g", "factor_graph", "--format", "svg", example("smart_lights.yaml")});
    EXPECT_EQ(end.code, 0) << end.err;
    EXPECT_NE(end.out.find("<svg"), std::string::npos);
    EXPECT_NE(end.out.find("reading_lamp"), std::string::npos);
    EXPECT_NE(end.out.find("</svg>"), std::string::npos);
  }
  const Finished none =
      Running(entente_words({"graph", "-g", "factor_graph", "--format", "svg", file}), "", {"PATH=" + folder.path()})
          .wait();
  EXPECT_EQ(none.code, 2);
  EXPECT_NE(none.err.find("graphviz"), std::string::npos) << none.err;
}

}  // namespace
}  // namespace entente::test
