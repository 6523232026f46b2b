// SPDX-License-Identifier: MIT
// Sharing ADMM with flexible actors: 300 converters against the optimum of the linear program, and 100 000 actors with
// 24 flows and two rows each.
//
//   admm_benchmark [ACTORS [THREADS]]       by default 100000 and all cores
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>
#include <vector>

#include "entente/coordinators/flex_admm.hpp"

namespace {

using namespace entente;

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Converters as in the examples of distributed-resource-optimization, at random prices; the target lies within reach.
void converters(std::uint64_t seed) {
  std::mt19937_64 draw(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  const std::size_t m = 3;
  std::vector<FlexActor> actors;
  std::vector<double> target(m), priorities(m);
  for (int i = 0; i < 300; ++i) {
    std::vector<double> eta(m), prices(m);
    for (double& value : eta) value = 2 * uniform(draw) - 1;
    for (double& value : prices) value = 0.5 * uniform(draw) - 0.1;
    actors.push_back(FlexActor::one_to_many(5 + 15 * uniform(draw), eta, prices));
  }
  for (double& value : target) value = 100 * (uniform(draw) - 0.5);
  for (double& value : priorities) value = 0.5 + uniform(draw);
  const AdmmSharingData data = create_admm_sharing_data(target, priorities);
  const double began = seconds();
  const AdmmResult exact = solve_flex_sharing(actors, data);
  const double exact_seconds = seconds() - began;
  // ADMM alone, until it is as near as is asked for: the bound of the exact run is the linear program's optimum.
  AdmmOptions options;
  options.polish = false;
  options.relative_tolerance = 2e-5;
  const double again = seconds();
  const AdmmResult plain = solve_flex_sharing(actors, data, options);
  const double plain_seconds = seconds() - again;
  const double optimum = exact.bound;
  fmt::print("300 converters, seed {}: optimum {:.6f}\n", seed, optimum);
  fmt::print("  with polish  gap {:.1e}  {:5.1f} ms  {} iterations, {} price steps\n",
             (exact.objective - optimum) / std::abs(optimum), 1e3 * exact_seconds, exact.iterations,
             exact.polish_steps);
  fmt::print("  ADMM alone   gap {:.1e}  {:5.1f} ms  {} iterations\n", (plain.objective - optimum) / std::abs(optimum),
             1e3 * plain_seconds, plain.iterations);
}

/// Actors with a box and two rows, some of which bind: energy over the day, and a random one.
void many(std::size_t count, unsigned threads) {
  std::mt19937_64 draw(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  const std::size_t m = 24;
  std::vector<FlexActor> actors;
  actors.reserve(count);
  std::vector<double> target(m, 0);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> lower(m), upper(m), price(m), d(2, 0);
    DenseMatrix rows(2, m);
    for (std::size_t k = 0; k < m; ++k) {
      lower[k] = -uniform(draw);
      upper[k] = lower[k] + 2 * uniform(draw);
      price[k] = 0.1 * (uniform(draw) - 0.5);
      rows(0, k) = 1;
      rows(1, k) = (k < m / 2 ? 1 : -1) * uniform(draw);
      const double middle = 0.5 * (lower[k] + upper[k]);
      target[k] += middle;
      for (std::size_t r = 0; r < 2; ++r) d[r] += rows(r, k) * middle;
    }
    for (double& value : d) value += 0.5 * uniform(draw);
    actors.emplace_back(lower, upper, rows, d, price);
  }
  double size = 0;
  for (double& value : target) {
    value += 0.05 * static_cast<double>(count) * (uniform(draw) - 0.5);
    size += value * value;
  }
  size = std::sqrt(size);
  const AdmmSharingData data = create_admm_sharing_data(target);
  for (const unsigned used : {1U, threads}) {
    AdmmOptions options;
    options.polish = false;
    options.threads = used;
    options.penalty = 3;  // stiff: the sum follows the target fast
    options.balancing = false;
    options.relative_tolerance = options.absolute_tolerance = 0;
    std::atomic<bool> near{false};
    options.interrupt = &near;
    options.on_progress = [&](const AdmmProgress& progress) {
      if (progress.coupling_residual <= 1e-4 * size && progress.largest_step <= 1e-4 * size) near = true;
    };
    const double began = seconds();
    const AdmmResult result = solve_flex_sharing(actors, data, options);
    const double took = seconds() - began;
    fmt::print(
        "{} actors x {} flows, 2 rows, {} threads: {:.2f} s, {} iterations, primal {:.1e}, step {:.1e} of the "
        "target, objective {:.6g}, proven {:.6g}, {:.1f} M agent steps/s\n",
        count, m, used, took, result.iterations, result.last.coupling_residual / size, result.last.largest_step / size,
        result.objective, result.bound, 1e-6 * static_cast<double>(count * result.iterations) / took);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const unsigned threads = argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) converters(seed);
  many(count, threads);
}
