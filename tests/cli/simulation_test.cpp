// SPDX-License-Identifier: MIT
// Simulated runs as a user asks for them.
#include <random>

#include "cli/program.hpp"

namespace entente::test {
namespace {

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

/// `entente solve` of exams.yaml over simulated links, with more words.
Finished simulate(const std::string& algorithm, const Words& more) {
  Words words{"solve", "-a", algorithm, "--stop_cycle", "20", "--engine", "simulated"};
  words.insert(words.end(), more.begin(), more.end());
  words.push_back(example("exams.yaml"));
  return entente(words);
}

std::string refusal(const Words& more) {
  const Finished end = simulate("dsa", more);
  EXPECT_EQ(end.code, 2) << end.err;
  EXPECT_EQ(end.out, "");
  return end.err;
}

TEST(Simulation, a_run_tells_what_became_of_its_messages) {
  const Finished end = simulate("dpop", {"--latency", "uniform:1ms:10ms", "--loss", "0.2", "--reorder"});
  ASSERT_EQ(end.code, 0) << end.err;
  EXPECT_HAS(end.err, "dpop does not tolerate loss and reordering: its messages are numbered");
  const auto result = end.json();
  EXPECT_EQ(result["status"], "FINISHED");
  EXPECT_EQ(result["simulation"]["delivery"], "reliable");
  const double rounds = result["simulation"]["rounds"];
  EXPECT_GT(double(result["simulated_time"]), rounds * 0.001);
  EXPECT_GT(double(result["cbr"]), 100 * rounds);
  for (const char* key :
       {"acknowledgements", "cbr_latency", "crashes", "duplicated", "lost", "packets", "restarts", "retransmitted"})
    EXPECT_TRUE(result["simulation"][key].is_number()) << key;
  // Without it nothing of that kind is said.
  const auto plain = entente({"solve", "-a", "dpop", example("exams.yaml")}).json();
  EXPECT_FALSE(plain.contains("simulation") || plain.contains("cbr") || plain.contains("simulated_time"));
}

TEST(Simulation, cbr_grows_by_the_latency_of_each_round) {
  const auto with = [](const char* latency) { return simulate("mgm", {"--cbr_latency", latency}).json(); };
  const auto none = with("0"), some = with("10");
  EXPECT_EQ(double(some["cbr"]) - double(none["cbr"]), 10 * double(some["simulation"]["rounds"]));
  EXPECT_EQ(double(none["cbr"]), double(none["nccc"]));
}

TEST(Simulation, the_same_seed_gives_the_same_trace_and_another_seed_another) {
  const Folder folder;
  for (const std::string algorithm : {"mgm2", "adopt", "adsa", "maxsum"}) {
    for (const std::string name : {"one", "same", "other"})
      ASSERT_EQ(simulate(algorithm, {"--latency", "exponential:20ms", "--loss", "0.1", "--duplicate", "0.1",
                                     "--reorder", "--crash", "office_2@50ms+1s", "--trace", folder.path(name), "--seed",
                                     name == "other" ? "2" : "1"})
                    .code,
                0);
    const std::string trace = folder.read("one");
    EXPECT_EQ(trace, folder.read("same")) << algorithm;
    EXPECT_NE(trace, folder.read("other")) << algorithm;
    std::istringstream lines(trace);
    double before = 0;
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      const auto event = nlohmann::json::parse(line);
      EXPECT_GE(double(event["time"]), before);
      before = event["time"];
      EXPECT_TRUE(event["event"].is_string() && event["from"].is_string() && event["to"].is_string());
    }
    EXPECT_GT(count, 20u);
    EXPECT_HAS(trace, "\"crashed\"");
    EXPECT_HAS(trace, "\"type\": ");
  }
}

TEST(Simulation, ends_at_the_virtual_time_that_is_asked_for) {
  const auto result = simulate("dsa", {"--latency", "100ms", "--simulated_time", "0.35"}).json();
  EXPECT_EQ(result["status"], "TIMEOUT");
  EXPECT_EQ(result["cycle"], 3);
  EXPECT_EQ(double(result["simulated_time"]), 0.35);
  EXPECT_EQ(simulate("maxsum", {"--latency", "100ms", "--simulated_time", "0.5"}).json()["cycle"], 2);
}

TEST(Simulation, an_agent_that_never_comes_back_ends_a_run_with_a_sentence) {
  for (const std::string algorithm : {"dsa", "syncbb", "maxsum"}) {
    const Finished end = simulate(algorithm, {"--latency", "10ms", "--crash", "office_2@15ms"});
    EXPECT_EQ(end.json()["status"], "STOPPED") << algorithm;
    EXPECT_HAS(end.err, "crashed for good");
  }
}

TEST(Simulation, one_link_may_be_slower_than_the_others) {
  const auto slow = simulate("mgm", {"--latency", "1ms", "--link", "office_1,office_2=1s"}).json();
  const auto fast = simulate("mgm", {"--latency", "1ms"}).json();
  EXPECT_EQ(slow["cost"], fast["cost"]);
  EXPECT_GT(double(slow["simulated_time"]), 100 * double(fast["simulated_time"]));
}

TEST(Simulation, rows_of_a_stream_carry_virtual_time) {
  const Finished end = simulate("dsa", {"--stream", "--latency", "10ms"});
  EXPECT_HAS(end.out, "\"cycle\": 1, \"msg_count\": 14, \"msg_size\": 56, \"simulated_time\": 0.01,");
}

TEST(Simulation, wrong_values_are_refused_in_a_sentence) {
  EXPECT_HAS(refusal({"--latency", "-5ms"}), "--latency: '-5ms' is negative");
  EXPECT_HAS(refusal({"--latency", "5 parsecs"}), "is no time");
  EXPECT_HAS(refusal({"--latency", "uniform:5ms"}), "is no latency");
  EXPECT_HAS(refusal({"--latency", "uniform:5ms:1ms"}), "ends before it begins");
  EXPECT_HAS(refusal({"--latency", "normal:1:2"}), "is no latency");
  EXPECT_HAS(refusal({"--loss", "1"}), "nothing would ever arrive");
  EXPECT_HAS(refusal({"--loss", "1.5"}), "outside the range 0 to 1");
  EXPECT_HAS(refusal({"--duplicate", "1"}), "is not a probability");
  EXPECT_HAS(refusal({"--crash", "office_3"}), "AGENT@TIME");
  EXPECT_HAS(refusal({"--crash", "office_33@1"}), "no agent 'office_33' (did you mean 'office_3'?)");
  EXPECT_HAS(refusal({"--crash", "office_3@1+0s"}), "is not a time to be down");
  EXPECT_HAS(refusal({"--link", "office_1=5ms"}), "AGENT,AGENT=LATENCY");
  EXPECT_HAS(refusal({"--link", "office_1,office_1=5ms"}), "at both ends");
  EXPECT_HAS(refusal({"--link", "office_1,nobody=5ms"}), "no agent 'nobody'");
  EXPECT_HAS(refusal({"--loss", "0.1", "--delivery", "raw"}), "dsa does not tolerate loss");
  EXPECT_HAS(refusal({"--delay", "1"}), "--latency says");
  EXPECT_HAS(refusal({"--trace", "/no/such/folder/x"}), "--trace: cannot write");
  const Finished local = entente({"solve", "-a", "dsa", "--latency", "5ms", example("exams.yaml")});
  EXPECT_EQ(local.code, 2);
  EXPECT_HAS(local.err, "--latency only makes sense together with '--engine simulated'");
}

// Whatever stands there, the program runs or refuses; it never crashes or hangs.
TEST(Simulation, garbled_options_are_run_or_refused) {
  std::mt19937 dice(1);
  const std::vector<std::string> bits{"uniform", "exponential", "constant", ":",        "5ms",      "1e3", "-",   "+",
                                      "@",       ",",           "=",        "office_1", "office_2", "",    "nan", "inf",
                                      "0",       "us",          "\xff",     " ",        "1e-9",     "."};
  int ran = 0;
  for (int trial = 0; trial < 150; ++trial) {
    Words words;
    for (const char* option : {"--latency", "--link", "--crash"}) {
      if (dice() % 2) continue;
      std::string text = option == std::string("--link")    ? "office_1,office_2="
                         : option == std::string("--crash") ? "office_1@"
                                                            : "";
      for (unsigned k = dice() % 4; k > 0; --k) text += bits[dice() % bits.size()];
      words.push_back(std::string(option) + "=" + text);
    }
    const Finished end = simulate("mgm", words);
    EXPECT_TRUE(end.code == 0 || end.code == 2) << end.code << end.err;
    ran += end.code == 0;
  }
  EXPECT_GT(ran, 10);
}

}  // namespace
}  // namespace entente::test
