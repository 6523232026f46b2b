// SPDX-License-Identifier: MIT
// entente algorithms: the list and the details.
#include "cli/program.hpp"

namespace entente::test {
namespace {

TEST(AlgorithmsCommand, the_list_names_each_algorithm_with_what_it_does) {
  const Finished text = entente({"algorithms"});
  EXPECT_EQ(text.code, 0) << text.err;
  const auto list = entente({"algorithms", "--format", "json"}).json();
  ASSERT_TRUE(list.is_array());
  for (const auto& one : list) {
    EXPECT_NE(text.out.find(std::string(one["name"]) + " "), std::string::npos) << one;
    EXPECT_NE(text.out.find(std::string(one["summary"])), std::string::npos) << one;
    EXPECT_FALSE(std::string(one["source"]).empty()) << one;
  }
}

TEST(AlgorithmsCommand, details_show_ranges_defaults_and_a_line_that_works) {
  const auto list = entente({"algorithms", "--format", "json"}).json();
  for (const auto& one : list) {
    const std::string name = one["name"];
    const Finished text = entente({"algorithms", name});
    EXPECT_EQ(text.code, 0) << text.err;
    for (const auto& parameter : one["parameters"]) {
      EXPECT_NE(text.out.find("  " + std::string(parameter["name"]) + " ("), std::string::npos) << text.out;
      EXPECT_FALSE(std::string(parameter["help"]).empty()) << name << parameter;
      // The default is inside the range it is shown with.
      // Costs of 10000 stand for what must not be: algorithms for satisfaction want to be told.
      Words words{"solve", "-t", "0.05", "-i", "10000", "-a", name, "-p"};
      words.push_back(std::string(parameter["name"]) + ":" + std::string(parameter["default"]));
      words.push_back(example("exams.yaml"));
      const Finished end = entente(words);
      EXPECT_EQ(end.code, 0) << name << " " << parameter << end.err;
    }
    const std::size_t at = text.out.find("Example:\n  ");
    ASSERT_NE(at, std::string::npos);
    std::string line = text.out.substr(at + 11);
    line.pop_back();
    const Finished pasted =
        shell("cd " ENTENTE_SOURCE_DIR " && timeout -s INT 1 " + line.replace(0, 7, ENTENTE_PROGRAM));
    EXPECT_NE(pasted.code, 2) << line << pasted.err;
    EXPECT_TRUE(pasted.json().is_object()) << line << pasted.err;
  }
  const auto dsa = entente({"algorithms", "dsa", "--format", "json"}).json();
  for (const auto& parameter : dsa["parameters"]) {
    if (parameter["name"] != "probability") continue;
    EXPECT_EQ(parameter["low"], 0);
    EXPECT_EQ(parameter["high"], 1);
    EXPECT_EQ(parameter["default"], "0.7");
  }
}

}  // namespace
}  // namespace entente::test
