// SPDX-License-Identifier: MIT
// How good the answers of local methods are: mean costs with confidence intervals on five families of random instances,
// textbook DSA after 800 cycles, and anything else within a second against toulbar2's variable neighbourhood search.
//
//     quality_benchmark [--instances 100] [--families random-0.1,colouring] [--json FILE] > docs/quality.md
//
// All of it takes an hour and a half; with --json a run that was cut goes on where it stopped.
// Instances are functions of family, seed and number; runs go one at a time. Seconds of our methods are wall time of
// the whole call; those of the reference are processor time, as its -timer counts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
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
  std::string clock = "wall", reference = "toulbar2", json;
};

constexpr double probabilities[] = {0.8, 0.7};
constexpr std::uint64_t textbook_cycles = 800;
constexpr int textbook_instances = 100;  ///< At least; they take next to no time.

/// Costs by method, one for each instance in turn.
using Samples = std::map<std::string, std::vector<double>>;

const char reference_name[] = "reference";
std::string at_the_end(double probability) { return fmt::format("dsa B {} at the end", probability); }
std::string on_the_way(double probability) { return fmt::format("dsa B {} best on the way", probability); }

/// Textbook DSA: the cost of the assignment at the end and of the best one on the way, means of several runs.
void run_textbook(const Family& family, const Options& options, std::uint64_t index, Samples& samples) {
  const entente::Problem problem = problem_of(draw(family, options.seed, index));
  for (const double probability : probabilities) {
    double last = 0, best = 0;
    for (int run = 0; run < options.runs; ++run) {
      double now = 0;
      entente::SolveRequest request;
      request.algorithm = "dsa";
      request.parameters = {{"variant", "B"}, {"probability", fmt::format("{}", probability)}};
      request.stop_cycle = textbook_cycles;
      request.seed = entente::mix(options.seed ^ entente::mix(index * 1000 + std::uint64_t(run)));
      request.collect = entente::Collect::cycle_change;
      request.on_collect = [&](const entente::Progress& progress) { now = progress.cost; };
      best += solve(problem, request).cost;
      last += now;
    }
    samples[at_the_end(probability)].push_back(last / options.runs);
    samples[on_the_way(probability)].push_back(best / options.runs);
  }
}

double processor_seconds() { return double(std::clock()) / CLOCKS_PER_SEC; }

void run_algorithms(const entente::Problem& problem, const Options& options, std::uint64_t index, Samples& samples) {
  for (const std::string& algorithm : options.algorithms) {
    entente::SolveRequest request;
    request.algorithm = algorithm;
    request.seed = entente::mix(options.seed ^ index);
    std::atomic<bool> enough = false;
    if (options.clock == "wall") {
      request.timeout = options.seconds;
    } else {
      const double end = processor_seconds() + options.seconds;
      request.interrupt = &enough;
      request.collect = entente::Collect::cycle_change;
      request.on_collect = [&enough, end](const entente::Progress& progress) {
        if (progress.cycle % 32 == 0 && processor_seconds() >= end) enough = true;
      };
      request.on_progress = [&enough, end](const entente::Progress&) { enough = processor_seconds() >= end; };
    }
    samples[algorithm].push_back(solve(problem, request).cost);
  }
}

void measure(const Family& family, const Options& options, const Reference& reference, int index, Samples& samples) {
  const Instance instance = draw(family, options.seed, std::uint64_t(index));
  const entente::Problem problem = problem_of(instance);
  run_algorithms(problem, options, std::uint64_t(index), samples);
  if (!reference.installed()) return;
  const auto cost = reference.solve(instance);
  if (!cost) throw std::runtime_error(reference.command() + " gave no cost");
  samples[reference_name].push_back(*cost);
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
    for (const double p : probabilities)
      fmt::print(" {} | {} |", text(mean(all[f].at(at_the_end(p))), 0), text(mean(all[f].at(on_the_way(p))), 0));
    fmt::print("\n");
  }
}

void print_algorithms(const Options& options, const std::vector<const Family*>& chosen, const std::vector<Samples>& all,
                      const Reference& reference) {
  fmt::print(
      "| family | method | mean cost | of the reference | ratio | good if at most |\n|---|---|---|---|---|---|\n");
  for (std::size_t f = 0; f < chosen.size(); ++f)
    for (const std::string& name : options.algorithms) {
      const std::vector<double>& costs = all[f].at(name);
      std::string theirs = "not installed", ratio;
      if (reference.installed()) {
        theirs = text(mean(all[f].at(reference_name)), 1);
        ratio = text(ratio_of_means(costs, all[f].at(reference_name)), 4);
      }
      fmt::print("| {} | `{}` | {} | {} | {} | {} |\n", chosen[f]->title, name, text(mean(costs), 1), theirs, ratio,
                 chosen[f]->limit);
    }
}

void print_document(const Options& options, const std::vector<const Family*>& chosen,
                    const std::vector<Samples>& textbook, const std::vector<Samples>& all, const Reference& reference) {
  fmt::print(
      "# Solution quality\n\n"
      "Printed by `quality_benchmark --instances {} --seconds {} --clock {} --reference-seconds {} --seed {}`, built "
      "with `-DENTENTE_BENCHMARKS=ON`. More instances give narrower intervals: ± is half a 95 % confidence interval of "
      "a "
      "mean over instances (Student's t). All graphs are connected; costs are whole numbers uniform in 1 .. 100, one "
      "for "
      "each pair of values, in weighted colouring one for each edge, paid where its ends are alike. Scale-free graphs "
      "are "
      "Barabási-Albert ones grown from a clique of ten.\n\n",
      options.instances, options.seconds, options.clock, options.reference_seconds, options.seed);
  fmt::print(
      "## Textbook DSA\n\n"
      "`dsa`, variant B, {} cycles, {} runs on each of {} instances of a family: the cost of the assignment at the "
      "end, "
      "and of the best one seen on the way, which is what `entente solve` reports. They hardly differ, since variant B "
      "comes to rest. Good on sparse random problems: at most 6050 with p = 0.8 and 6120 with p = 0.7.\n\n",
      textbook_cycles, options.runs, std::max(textbook_instances, options.instances));
  print_textbook(chosen, textbook);
  fmt::print("\n## Within {} s\n\n", options.seconds);
  if (reference.installed())
    fmt::print(
        "{} instances of each family; one thread, one run at a time, {} s of {} time, default parameters. The "
        "reference is `{}`, version {}, "
        "whose "
        "timer counts seconds of processor time. The interval of the ratio of means is that of paired instances.\n\n",
        options.instances, options.seconds, options.clock, reference.command(), reference.version());
  else
    fmt::print("The reference, `{}`, is not installed here.\n\n", reference.command());
  print_algorithms(options, chosen, all, reference);
}

/// What the samples in a file depend on besides the number of instances.
nlohmann::json conditions(const Options& options, const Reference& reference) {
  return {{"algorithms", options.algorithms},
          {"seconds", options.seconds},
          {"clock", options.clock},
          {"reference_seconds", options.reference_seconds},
          {"seed", options.seed},
          {"reference", reference.version()}};
}

/// The samples that a file of an earlier run holds; none if there is no such file.
std::map<std::string, Samples> read_samples(const Options& options, const Reference& reference) {
  std::ifstream in(options.json);
  if (!in) return {};
  const nlohmann::json saved = nlohmann::json::parse(in);
  if (saved.at("conditions") != conditions(options, reference))
    throw std::runtime_error(options.json + " was measured with other options or another version of the reference");
  return saved.at("costs");
}

void write_samples(const std::map<std::string, Samples>& samples, const Options& options, const Reference& reference) {
  std::ofstream out(options.json);
  out << nlohmann::json{{"conditions", conditions(options, reference)}, {"costs", samples}}.dump(1) << '\n';
  if (!out.flush()) throw std::runtime_error(options.json + " could not be written");
}

/// Instance by instance, so that a run that is cut has as many of each family.
std::vector<Samples> measure_all(const Options& options, const std::vector<const Family*>& chosen,
                                 const Reference& reference) {
  std::map<std::string, Samples> samples;
  if (!options.json.empty()) samples = read_samples(options, reference);
  for (int i = 0; i < options.instances; ++i)
    for (const Family* family : chosen) {
      Samples& mine = samples[family->name];
      if (mine[options.algorithms.front()].size() > std::size_t(i)) continue;
      measure(*family, options, reference, i, mine);
      fmt::print(stderr, "{}: {} of {}\n", family->name, i + 1, options.instances);
      if (!options.json.empty()) write_samples(samples, options, reference);
    }
  std::vector<Samples> all;
  for (const Family* family : chosen) {
    all.push_back(samples[family->name]);
    for (auto& [name, costs] : all.back()) costs.resize(std::size_t(options.instances));
  }
  return all;
}

std::vector<Samples> measure_textbook(const Options& options, const std::vector<const Family*>& chosen) {
  std::vector<Samples> all(chosen.size());
  for (std::size_t f = 0; f < chosen.size(); ++f)
    for (int i = 0; i < std::max(textbook_instances, options.instances); ++i)
      run_textbook(*chosen[f], options, std::uint64_t(i), all[f]);
  return all;
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
  app.add_option("--seconds", options.seconds, "of each run")->check(CLI::Range(0.001, 3600.0));
  app.add_option("--clock", options.clock, "what those seconds are of")->check(CLI::IsMember({"wall", "processor"}));
  app.add_option("--reference-seconds", options.reference_seconds, "processor time of each run of the reference")
      ->check(CLI::Range(1, 3600));
  app.add_option("--reference", options.reference, "the program toulbar2");
  app.add_option("--runs", options.runs, "runs of textbook DSA an instance")->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "of instances and runs");
  app.add_option("--json", options.json,
                 "file for the cost of every instance; what it already holds is not measured again");
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
    const std::vector<Samples> all = measure_all(options, chosen, reference);
    print_document(options, chosen, measure_textbook(options, chosen), all, reference);
  } catch (const std::exception& error) {
    fmt::print(stderr, "quality_benchmark: {}\n", error.what());
    return 1;
  }
}
