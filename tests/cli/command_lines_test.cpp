// SPDX-License-Identifier: MIT
// Command lines as users of pyDCOP write them, with another program's name in front.
#include "cli/program.hpp"

namespace entente::test {
namespace {

struct Line {
  const char* words;
  int code;
  const char* answer;  ///< Something that standard output holds.
};

void PrintTo(const Line& line, std::ostream* out) { *out << line.words; }

class CommandLine : public testing::TestWithParam<Line> {};

TEST_P(CommandLine, works_as_written) {
  const Folder folder;
  folder.write("graph_coloring.yaml", ring(9, "10", "R, G"));
  folder.write("three.yaml", two_colours);
  folder.write("agents.yaml", "agents: [b1, b2, b3, b4, b5, b6, b7, b8, b9]\n");
  folder.write("dist.yaml", "distribution:\n  a1: [v1]\n  a2: [v2]\n");
  const Finished end = shell("cd '" + folder.path() + "'; " + GetParam().words);
  EXPECT_EQ(end.code, GetParam().code) << GetParam().words << "\n" << end.err;
  EXPECT_NE(end.out.find(GetParam().answer), std::string::npos) << GetParam().words << "\n" << end.out << end.err;
}

INSTANTIATE_TEST_SUITE_P(
    PyDcop, CommandLine,
    testing::Values(
        Line{"entente solve --algo dpop graph_coloring.yaml", 0, "\"status\": \"FINISHED\""},
        Line{"entente --timeout 1 solve --algo mgm graph_coloring.yaml", 0, "\"assignment\""},
        Line{"entente -v 3 --timeout 1 solve --algo dsa graph_coloring.yaml", 0, "\"TIMEOUT\""},
        Line{"entente -t 1 --output r.json solve -a maxsum -d oneagent three.yaml agents.yaml; cat r.json", 0,
             "\"v2\""},
        Line{"entente --output r.json solve -a dsa -p variant:C -p stop_cycle:10 graph_coloring.yaml && cat r.json", 0,
             "\"cycle\": 10"},
        Line{"entente solve --algo dsa --algo_params probability:0.5 --algo_params stop_cycle:30 graph_coloring.yaml",
             0, "\"cycle\": 30"},
        Line{"entente -t 1 solve -a mgm -m thread --collect_on value_change --run_metrics m.csv graph_coloring.yaml "
             ">/dev/null; cat m.csv",
             0, "time,cycle,cost,violation,msg_count,msg_size,status"},
        Line{"entente solve --algo mgm --algo_params stop_cycle:20 --collect_on cycle_change --run_metric ./m.csv "
             "graph_coloring.yaml >/dev/null; cat m.csv",
             0, "cycle,time,cost,violation,msg_count,msg_size,status"},
        Line{"entente -t 1 solve -a dsa -c period --period 0.2 --run_metrics m.csv --end_metrics e.csv "
             "graph_coloring.yaml >/dev/null; cat e.csv",
             0, "TIMEOUT"},
        Line{"entente solve -a dsa -p stop_cycle:5 -i 10 graph_coloring.yaml", 0, "\"violation\""},
        Line{"entente solve -a dsa -p stop_cycle:3 --delay 0.01 -d dist.yaml three.yaml", 0, "\"cycle\": 3"},
        Line{"entente graph --graph factor_graph graph_coloring.yaml", 0, "nodes_count: 18"},
        Line{"entente graph -g pseudotree graph_coloring.yaml", 0, "status: OK"},
        Line{"entente generate graph_coloring --graph random --variables_count 10 --colors_count 3 --p_edge 0.5 --soft",
             0, "constraints:"},
        Line{"entente --output i.yaml generate ising --row_count 3 --bin_range 1.5 --un_range 0.1; cat i.yaml", 0,
             "variables:"},
        Line{"cat graph_coloring.yaml | entente solve --algo dpop -", 0, "\"cost\": 10"},
        Line{"entente solve --algo dpop graph_coloring.yaml | entente verify graph_coloring.yaml -", 0,
             "\"ok\": true"}));

}  // namespace
}  // namespace entente::test
