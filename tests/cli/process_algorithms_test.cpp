// SPDX-License-Identifier: MIT
// Every algorithm with its agents in processes of their own, held to what it does in one process.
#include "cli/processes.hpp"
#include "entente/solve.hpp"

namespace entente::test {
namespace {

/// A ring of ten with chords, dealt to four agents. `soft`: every pair of values has a cost of its own; else equal
/// values are forbidden, and an answer without any exists.
std::string chords(bool soft) {
  std::ostringstream text;
  text << "name: chords\nobjective: min\ndomains:\n  d: {values: [0, 1, 2]}\nvariables:\n";
  for (int i = 0; i < 10; ++i) text << "  v" << i << ": {domain: d}\n";
  text << "constraints:\n";
  for (int i = 0; i < 10; ++i)
    for (const int step : {1, 4}) {
      const int j = (i + step) % 10;
      text << "  c" << i << "_" << step << ": {type: intention, function: ";
      if (soft)
        text << "((v" << i << " * " << 3 + i << " + v" << j << " * " << 5 + step << ") * 7) % 11";
      else
        text << "float('inf') if v" << i << " == v" << j << " else 0";
      text << "}\n";
    }
  text << "agents: [a0, a1, a2, a3]\n";
  return text.str();
}

struct Case {
  AlgorithmDescription algorithm;
  friend std::ostream& operator<<(std::ostream& out, const Case& one) { return out << one.algorithm.info.name; }
};

class ProcessAlgorithm : public ::testing::TestWithParam<Case> {};

TEST_P(ProcessAlgorithm, gives_what_it_gives_in_one_process) {
  const Info& info = GetParam().algorithm.info;
  const Watched watched;
  std::string file = watched.folder().write("p.yaml", chords(true));
  const auto words = [&](const char* mode) {
    Words all{"solve", "-m", mode, "-a", std::string(info.name), "--seed", "5", "-t", "20", file};
    for (const ParameterInfo& parameter : GetParam().algorithm.parameters)
      if (parameter.name == "stop_cycle") all.insert(all.end(), {"--stop_cycle", "12"});
    return entente_words(all);
  };
  Finished here = Running(words("thread")).wait();
  if (here.code == 2) {  // for problems of satisfaction alone
    file = watched.folder().write("p.yaml", chords(false));
    here = Running(words("thread")).wait();
  }
  ASSERT_EQ(here.code, 0) << here.err;
  const Finished there = Running(words("process"), "", watched.environment()).wait();
  ASSERT_EQ(there.code, 0) << there.err;
  watched.expect_nothing_left();
  const nlohmann::json one = without_times(here.json()), other = without_times(there.json());
  EXPECT_EQ(other["assignment"].size(), 10u);
  if (info.timing == Timing::cycles) {
    EXPECT_EQ(one["assignment"], other["assignment"]);
    EXPECT_EQ(one["cycle"], other["cycle"]);
  }
  if (info.complete || info.timing == Timing::cycles) {
    EXPECT_EQ(one["cost"], other["cost"]);
    EXPECT_EQ(one["violation"], other["violation"]);
  }
}

std::vector<Case> cases() {
  std::vector<Case> list;
  for (AlgorithmDescription& algorithm : algorithms()) list.push_back({std::move(algorithm)});
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, ProcessAlgorithm, ::testing::ValuesIn(cases()),
                         [](const auto& one) { return std::string(one.param.algorithm.info.name); });

}  // namespace
}  // namespace entente::test
