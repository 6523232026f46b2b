// SPDX-License-Identifier: MIT
// Command lines as users of pyDCOP write them, with another program's name in front.
#include "cli/program.hpp"

namespace entente::test {
namespace {

struct Line {
  const char* words;
  const char* answer;  ///< Something that standard output holds.
};

const Line lines[] = {
    {"entente solve --algo dpop graph_coloring.yaml", "\"status\": \"FINISHED\""},
    {"entente --timeout 1 solve --algo mgm graph_coloring.yaml", "\"assignment\""},
    {"entente -v 3 --timeout 1 solve --algo dsa graph_coloring.yaml", "\"TIMEOUT\""},
    {"entente -t 1 --output r.json solve -a maxsum -d oneagent three.yaml agents.yaml; cat r.json", "\"v2\""},
    {"entente --output r.json solve -a dsa -p variant:C -p stop_cycle:10 graph_coloring.yaml && cat r.json",
     "\"cycle\": 10"},
    {"entente solve --algo dsa --algo_params probability:0.5 --algo_params stop_cycle:30 graph_coloring.yaml",
     "\"cycle\": 30"},
    {"entente -t 1 solve -a mgm -m thread --collect_on value_change --run_metrics m.csv graph_coloring.yaml "
     ">/dev/null; cat m.csv",
     "time,cycle,cost,violation,msg_count,msg_size,status"},
    {"entente solve --algo mgm --algo_params stop_cycle:20 --collect_on cycle_change --run_metric ./m.csv "
     "graph_coloring.yaml >/dev/null; cat m.csv",
     "cycle,time,cost,violation,msg_count,msg_size,status"},
    {"entente -t 1 solve -a dsa -c period --period 0.2 --run_metrics m.csv --end_metrics e.csv "
     "graph_coloring.yaml >/dev/null; cat e.csv",
     "TIMEOUT"},
    {"entente solve -a dsa -p stop_cycle:5 -i 10 graph_coloring.yaml", "\"violation\""},
    {"entente solve -a dsa -p stop_cycle:3 --delay 0.01 -d dist.yaml three.yaml", "\"cycle\": 3"},
    {"entente solve -a mgm -p stop_cycle:3 graph_coloring.yaml agents.yaml", "\"b9\""},
    {"entente graph --graph factor_graph graph_coloring.yaml", "nodes_count: 18"},
    {"entente graph -g pseudotree graph_coloring.yaml", "status: OK"},
    {"entente generate graph_coloring --graph random --variables_count 10 --colors_count 3 --p_edge 0.5 --soft",
     "constraints:"},
    {"entente --output i.yaml generate ising --row_count 3 --bin_range 1.5 --un_range 0.1; cat i.yaml", "variables:"},
    {"cat graph_coloring.yaml | entente solve --algo dpop -", "\"cost\": 10"},
    {"entente solve --algo dpop graph_coloring.yaml | entente verify graph_coloring.yaml -", "\"ok\": true"}};

TEST(CommandLines, of_pydcop_work_as_written) {
  for (const Line& line : lines) {
    const Folder folder;
    folder.write("graph_coloring.yaml", ring(9, "10", "R, G"));
    folder.write("three.yaml", two_colours);
    folder.write("agents.yaml", "agents: [b1, b2, b3, b4, b5, b6, b7, b8, b9]\n");
    folder.write("dist.yaml", "distribution:\n  a1: [v1]\n  a2: [v2]\n");
    const Finished end = shell("cd '" + folder.path() + "'; " + line.words);
    EXPECT_EQ(end.code, 0) << line.words << "\n" << end.err;
    EXPECT_NE(end.out.find(line.answer), std::string::npos) << line.words << "\n" << end.out << end.err;
  }
}

}  // namespace
}  // namespace entente::test
