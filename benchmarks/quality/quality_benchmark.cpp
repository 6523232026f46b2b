// SPDX-License-Identifier: MIT
// How good the answers of local methods are: mean costs with confidence intervals on five families of random instances,
// textbook DSA after 800 cycles, and anything else within a second against toulbar2's variable neighbourhood search.
//
//     quality_benchmark [--instances 100] [--families random-0.1,colouring] [--json FILE] > docs/quality.md
//
// Instances are functions of family, seed and number; runs go one at a time. Seconds of our methods are wall time of
// the whole call; those of the reference are processor time, as its -timer counts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "entente/solve.hpp"
#include "quality/families.hpp"
#include "quality/reference.hpp"
#include "quality/statistics.hpp"

namespace {

using namespace quality;

struct Options {
  int instances = 100, runs = 10, reference_seconds = 10;
  double seconds = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> families, algorithms = {"dgls"};
  std::string reference = "toulbar2", json;
};

constexpr double probabilities[] = {0.8, 0.7};
constexpr std::uint64_t textbook_cycles = 800;

/// What was measured on a family: one sample per instance in every list.
struct Samples {
  std::vector<double> last[std::size(probabilities)], best[std::size(probabilities)];  ///< Of textbook DSA.
  std::map<std::string, std::vector<double>> costs;                                    ///< By algorithm.
  std::vector<double> reference;
  double longest = 0;  ///< Wall seconds of the longest run of any algorithm.
};

/// Textbook DSA: the cost of the assignment at the end and of the best one on the way, means of several runs.
void run_textbook(const entente::Problem& problem, const Options& options, std::uint64_t index, Samples& samples) {
  for (std::size_t p = 0; p < std::size(probabilities); ++p) {
    double last = 0, best = 0;
    for (int run = 0; run < options.runs; ++run) {
      double now = 0;
      entente::SolveRequest request;
      request.algorithm = "dsa";
      request.parameters = {{"variant", "B"}, {"probability", fmt::format("{}", probabilities[p])}};
      request.stop_cycle = textbook_cycles;
      request.seed = entente::mix(options.seed ^ entente::mix(index * 1000 + std::uint64_t(run)));
      request.collect = entente::Collect::cycle_change;
      request.on_collect = [&](const entente::Progress& progress) { now = progress.cost; };
      best += solve(problem, request).cost;
      last += now;
    }
    samples.last[p].push_back(last / options.runs);
    samples.best[p].push_back(best / options.runs);
  }
}

void run_algorithms(const entente::Problem& problem, const Options& options, std::uint64_t index, Samples& samples) {
  for (const std::string& algorithm : options.algorithms) {
    entente::SolveRequest request;
    request.algorithm = algorithm;
    request.timeout = options.seconds;
    request.seed = entente::mix(options.seed ^ index);
    const auto before = std::chrono::steady_clock::now();
    samples.costs[algorithm].push_back(solve(problem, request).cost);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
    samples.longest = std::max(samples.longest, wall.count());
  }
}

Samples measure(const Family& family, const Options& options, const Reference& reference) {
  Samples samples;
  for (int i = 0; i < options.instances; ++i) {
    const Instance instance = draw(family, options.seed, std::uint64_t(i));
    const entente::Problem problem = problem_of(instance);
    run_textbook(problem, options, std::uint64_t(i), samples);
    run_algorithms(problem, options, std::uint64_t(i), samples);
    if (reference.installed()) {
      const auto cost = reference.solve(instance);
      if (!cost) throw std::runtime_error(reference.command() + " gave no cost");
      samples.reference.push_back(*cost);
    }
    fmt::print(stderr, "{}: {} of {}\n", family.name, i + 1, options.instances);
  }
  return samples;
}

std::string text(const Estimate& e, int digits) {
  return fmt::format("{:.{}f} ± {:.{}f}", e.value, digits, e.half_width, digits);
}

void print_textbook(const std::vector<const Family*>& chosen, const std::vector<Samples>& all) {
  fmt::print("| family |");
  for (const double p : probabilities) fmt::print(" p = {}: at the end | best on the way |", p);
  fmt::print("\n|---|---|---|---|---|\n");
  for (std::size_t f = 0; f < chosen.size(); ++f) {
    fmt::print("| {} |", chosen[f]->title);
    for (std::size_t p = 0; p < std::size(probabilities); ++p)
      fmt::print(" {} | {} |", text(mean(all[f].last[p]), 0), text(mean(all[f].best[p]), 0));
    fmt::print("\n");
  }
}

void print_algorithms(const std::vector<const Family*>& chosen, const std::vector<Samples>& all,
                      const Reference& reference) {
  fmt::print(
      "| family | method | mean cost | mean cost of the reference | ratio | good if at most "
      "|\n|---|---|---|---|---|---|\n");
  for (std::size_t f = 0; f < chosen.size(); ++f)
    for (const auto& [name, costs] : all[f].costs)
      fmt::print("| {} | `{}` | {} | {} | {} | {} |\n", chosen[f]->title, name, text(mean(costs), 1),
                 reference.installed() ? text(mean(all[f].reference), 1) : "not installed",
                 reference.installed() ? text(ratio_of_means(costs, all[f].reference), 4) : "", chosen[f]->limit);
}

void print_document(const Options& options, const std::vector<const Family*>& chosen, const std::vector<Samples>& all,
                    const Reference& reference) {
  double longest = 0;
  for (const Samples& samples : all) longest = std::max(longest, samples.longest);
  fmt::print(
      "# Solution quality\n\n"
      "Printed by `quality_benchmark --instances {} --seconds {} --reference-seconds {} --seed {}` (built with "
      "`-DENTENTE_BENCHMARKS=ON`; `--instances 100`, the default, gives narrower intervals). Costs are means over {} "
      "instances a family, ± half a 95 % confidence interval (Student's t). All graphs are connected; costs are whole "
      "numbers uniform in 1 .. 100, one for each pair of values, in weighted colouring one for each edge, paid where "
      "its "
      "ends are alike. Scale-free graphs are Barabási-Albert ones grown from a clique of ten.\n\n",
      options.instances, options.seconds, options.reference_seconds, options.seed, options.instances);
  fmt::print(
      "## Textbook DSA\n\n"
      "`dsa`, variant B, {} cycles, {} runs an instance: the cost of the assignment at the end, which is what papers "
      "on "
      "DSA report, and of the best one seen on the way, which is what `entente solve` reports.\n\n",
      textbook_cycles, options.runs);
  print_textbook(chosen, all);
  fmt::print("\n## Within {} s\n\n", options.seconds);
  if (reference.installed())
    fmt::print(
        "One thread, one run at a time, {} s of wall time for the whole call (longest: {:.2f} s), default parameters. "
        "The "
        "reference is `{}`, version {}, whose timer counts seconds of processor time. The interval of the ratio of "
        "means is that of paired instances.\n\n",
        options.seconds, longest, reference.command(), reference.version());
  else
    fmt::print("The reference, `{}`, is not installed here.\n\n", reference.command());
  print_algorithms(chosen, all, reference);
}

nlohmann::json document(const Options& options, const std::vector<const Family*>& chosen,
                        const std::vector<Samples>& all, const Reference& reference) {
  const auto estimate = [](const Estimate& e) {
    return nlohmann::json{{"value", e.value}, {"half_width", e.half_width}};
  };
  nlohmann::json result = {
      {"instances", options.instances}, {"runs", options.runs},
      {"seconds", options.seconds},     {"reference_seconds", options.reference_seconds},
      {"seed", options.seed},           {"reference", reference.installed() ? reference.version() : ""}};
  for (std::size_t f = 0; f < chosen.size(); ++f) {
    nlohmann::json& family = result["families"][chosen[f]->name];
    const auto put = [&](const std::string& name, const std::vector<double>& costs) {
      family[name] = {{"mean", estimate(mean(costs))}, {"costs", costs}};
      if (reference.installed()) family[name]["ratio"] = estimate(ratio_of_means(costs, all[f].reference));
    };
    for (std::size_t p = 0; p < std::size(probabilities); ++p) {
      put(fmt::format("dsa B {} at the end", probabilities[p]), all[f].last[p]);
      put(fmt::format("dsa B {} best", probabilities[p]), all[f].best[p]);
    }
    for (const auto& [name, costs] : all[f].costs) put(name, costs);
    if (reference.installed()) put("reference", all[f].reference);
  }
  return result;
}

std::vector<const Family*> choose(const std::vector<std::string>& names) {
  std::vector<const Family*> chosen;
  for (const Family& family : families())
    if (names.empty() || std::find(names.begin(), names.end(), family.name) != names.end()) chosen.push_back(&family);
  return chosen;
}

Options parse(int argc, char** argv) {
  Options options;
  std::vector<std::string> known;
  for (const Family& family : families()) known.push_back(family.name);
  CLI::App app("Costs of local methods on families of random instances, as a Markdown page.");
  app.add_option("--instances", options.instances, "instances of each family")->check(CLI::Range(1, 100000));
  app.add_option("--families", options.families, "which, separated by commas; all if left out")
      ->delimiter(',')
      ->check(CLI::IsMember(known));
  app.add_option("--algorithms", options.algorithms, "local methods to run, separated by commas")->delimiter(',');
  app.add_option("--seconds", options.seconds, "wall time of each run")->check(CLI::Range(0.001, 3600.0));
  app.add_option("--reference-seconds", options.reference_seconds, "processor time of each run of the reference")
      ->check(CLI::Range(1, 3600));
  app.add_option("--reference", options.reference, "the program toulbar2");
  app.add_option("--runs", options.runs, "runs of textbook DSA an instance")->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "of instances and runs");
  app.add_option("--json", options.json, "file for all numbers, those of each instance too");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  try {
    const Reference reference(options.reference, options.reference_seconds);
    const std::vector<const Family*> chosen = choose(options.families);
    std::vector<Samples> all;
    for (const Family* family : chosen) all.push_back(measure(*family, options, reference));
    print_document(options, chosen, all, reference);
    if (!options.json.empty()) {
      std::ofstream out(options.json);
      out << document(options, chosen, all, reference).dump(1) << '\n';
      if (!out.flush()) throw std::runtime_error(options.json + " could not be written");
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "quality_benchmark: {}\n", error.what());
    return 1;
  }
}
