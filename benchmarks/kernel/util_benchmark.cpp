// SPDX-License-Identifier: MIT
// Join-and-project (DPOP's UTIL step) against loops written by hand for the one shape at hand, on the same arrays in
// the same run, and against memcpy. Ends with the ratios; one below 1.5 is what we promise.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "kernel/join_project.hpp"

namespace {

using namespace entente;

// Own variable and six others of ten values: 10^7 cells of the sum, 10^6 of the result.
constexpr std::uint64_t size = 10, others = 6, result_cells = 1000000, sum_cells = result_cells * size;
constexpr std::uint64_t plenty = std::uint64_t(1) << 32;
constexpr std::uint64_t block = 100;  // cells of the two innermost variables

struct Arrays {
  std::vector<double> pair[others];  // (own, other)
  std::vector<double> full;          // (own, others)
  std::vector<double> child;         // (own, all others but the third)

  Arrays() {
    Random random(1);
    const auto fill = [&](std::vector<double>& cells, std::uint64_t count) {
      cells.resize(count);
      std::generate(cells.begin(), cells.end(), [&] { return random.uniform(); });
    };
    for (auto& table : pair) fill(table, size * size);
    fill(full, sum_cells);
    fill(child, sum_cells / size);
  }
};

Arrays& arrays() {
  static Arrays instance;
  return instance;
}

// The loops by hand, compiled for each instruction set. `rows` are costs that vary within a block, (own, block).
#define ENTENTE_HAND_LOOPS(LEVEL, TARGET)                                                                          \
  namespace LEVEL {                                                                                                \
  TARGET void minimise(double* result, const double* rows, std::uint64_t stride, const double* scalars) {          \
    constexpr std::uint64_t tile = 32;                                                                             \
    std::uint64_t first = 0;                                                                                       \
    for (; first + tile <= block; first += tile) {                                                                 \
      double least[tile];                                                                                          \
      for (std::uint64_t c = 0; c < tile; ++c) least[c] = std::numeric_limits<double>::infinity();                 \
      for (std::uint64_t v = 0; v < size; ++v)                                                                     \
        for (std::uint64_t c = 0; c < tile; ++c) {                                                                 \
          const double total = rows[v * stride + first + c] + scalars[v];                                          \
          least[c] = total < least[c] ? total : least[c];                                                          \
        }                                                                                                          \
      for (std::uint64_t c = 0; c < tile; ++c) result[first + c] = least[c];                                       \
    }                                                                                                              \
    for (std::uint64_t c = first; c < block; ++c) result[c] = std::numeric_limits<double>::infinity();             \
    for (std::uint64_t v = 0; v < size; ++v)                                                                       \
      for (std::uint64_t c = first; c < block; ++c) {                                                              \
        const double total = rows[v * stride + c] + scalars[v];                                                    \
        result[c] = total < result[c] ? total : result[c];                                                         \
      }                                                                                                            \
  }                                                                                                                \
  /* Six tables over the own variable and one other each. */                                                       \
  TARGET void small_inputs(const Arrays& a, double* result) {                                                      \
    double rows[size * block], scalars[size];                                                                      \
    for (std::uint64_t v = 0; v < size; ++v)                                                                       \
      for (std::uint64_t i = 0; i < size; ++i)                                                                     \
        for (std::uint64_t j = 0; j < size; ++j)                                                                   \
          rows[v * block + i * size + j] = a.pair[4][v * size + i] + a.pair[5][v * size + j];                      \
    for (std::uint64_t outer = 0; outer < result_cells / block; ++outer, result += block) {                        \
      const std::uint64_t i = outer / 1000, j = outer / 100 % 10, k = outer / 10 % 10, l = outer % 10;             \
      for (std::uint64_t v = 0; v < size; ++v)                                                                     \
        scalars[v] =                                                                                               \
            a.pair[0][v * size + i] + a.pair[1][v * size + j] + a.pair[2][v * size + k] + a.pair[3][v * size + l]; \
      minimise(result, rows, block, scalars);                                                                      \
    }                                                                                                              \
  }                                                                                                                \
  /* One table over everything, one over the own variable and the outermost other. */                              \
  TARGET void full_table(const Arrays& a, double* result) {                                                        \
    double scalars[size];                                                                                          \
    for (std::uint64_t outer = 0; outer < result_cells / block; ++outer) {                                         \
      for (std::uint64_t v = 0; v < size; ++v) scalars[v] = a.pair[0][v * size + outer / 1000];                    \
      minimise(result + outer * block, a.full.data() + outer * block, result_cells, scalars);                      \
    }                                                                                                              \
  }                                                                                                                \
  /* A child's message that lacks the third variable, which comes in with a table over the own variable. */        \
  TARGET void child_message(const Arrays& a, double* result) {                                                     \
    double scalars[size];                                                                                          \
    for (std::uint64_t outer = 0; outer < 1000; ++outer)                                                           \
      for (std::uint64_t k = 0; k < size; ++k) {                                                                   \
        for (std::uint64_t v = 0; v < size; ++v) scalars[v] = a.pair[2][v * size + k];                             \
        const std::uint64_t cell = ((outer / 10 * size + k) * size + outer % 10) * block;                          \
        minimise(result + cell, a.child.data() + outer * block, result_cells / size, scalars);                     \
      }                                                                                                            \
  }                                                                                                                \
  }

ENTENTE_HAND_LOOPS(baseline, )
#if defined(__x86_64__)
ENTENTE_HAND_LOOPS(v3, __attribute__((target("avx2,bmi,bmi2,fma"))))
ENTENTE_HAND_LOOPS(v4, __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,prefer-vector-width=512"))))
#endif

using Loop = void (*)(const Arrays&, double*);
struct HandLoops {
  Loop small_inputs;
  Loop full_table;
  Loop child_message;
};

HandLoops hand_loops() {
#if defined(__x86_64__)
  if (best_instruction_set() == InstructionSet::v4) return {v4::small_inputs, v4::full_table, v4::child_message};
  if (best_instruction_set() == InstructionSet::v3) return {v3::small_inputs, v3::full_table, v3::child_message};
#endif
  return {baseline::small_inputs, baseline::full_table, baseline::child_message};
}

using Inputs = std::vector<std::pair<std::vector<VariableId>, const std::vector<double>*>>;

// Variable 0 is the own one, 1 to 6 the others, outermost first.
Inputs small_inputs() {
  Inputs inputs;
  for (VariableId v = 0; v < others; ++v) inputs.push_back({{0, v + 1}, &arrays().pair[v]});
  return inputs;
}
Inputs full_table() { return {{{0, 1, 2, 3, 4, 5, 6}, &arrays().full}, {{0, 1}, &arrays().pair[0]}}; }
Inputs child_message() { return {{{0, 1, 2, 4, 5, 6}, &arrays().child}, {{0, 3}, &arrays().pair[2]}}; }

CostTable step(Projector& projector, const Inputs& inputs, MemoryBudget& budget) {
  std::vector<CostTable> tables;
  for (const auto& [scope, cells] : inputs)
    tables.push_back(CostTable::borrow(scope, std::vector<ValueIndex>(scope.size(), size), cells->data()));
  std::vector<Dimension> separator;
  for (VariableId v = 1; v <= others; ++v) separator.push_back({v, size});
  return std::move(*projector.project(join(tables), {0, size}, separator, budget));
}

CostTable empty_result(MemoryBudget& budget) {
  return CostTable({1, 2, 3, 4, 5, 6}, std::vector<ValueIndex>(others, size), budget);
}

void count_cells(benchmark::State& state) {
  state.counters["Gcells/s"] =
      benchmark::Counter(static_cast<double>(sum_cells) * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

// Both make the table that is the result, as a message needs one.
void hand(benchmark::State& state, Loop loop) {
  MemoryBudget budget(plenty);
  for (auto _ : state) {
    CostTable result = empty_result(budget);
    loop(arrays(), result.writable());
    benchmark::DoNotOptimize(result.writable());
    benchmark::ClobberMemory();
  }
  count_cells(state);
}

void ours(benchmark::State& state, Inputs (*shape)()) {
  MemoryBudget budget(plenty);
  Projector projector;
  const Inputs inputs = shape();
  for (auto _ : state) benchmark::DoNotOptimize(step(projector, inputs, budget).cells().data());
  count_cells(state);
}

void copy(benchmark::State& state) {
  std::vector<double> target(sum_cells);
  for (auto _ : state) {
    std::memcpy(target.data(), arrays().full.data(), sum_cells * sizeof(double));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * 2 * sum_cells * sizeof(double)));
}

/// Whether both compute the same, so that a comparison means something.
bool agree(Loop loop, Inputs (*shape)()) {
  MemoryBudget budget(plenty);
  Projector projector;
  const CostTable result = step(projector, shape(), budget);
  CostTable expected = empty_result(budget);
  loop(arrays(), expected.writable());
  std::vector<ValueIndex> values(others);
  for (std::uint64_t cell = 0; cell < result_cells; ++cell) {
    std::uint64_t rest = cell;
    for (std::uint64_t i = others; i-- > 0; rest /= size)
      values[result.scope()[i] - 1] = static_cast<ValueIndex>(rest % size);
    std::uint64_t position = 0;
    for (const ValueIndex value : values) position = position * size + static_cast<std::uint64_t>(value);
    if (std::abs(result.cells()[cell] - expected.cells()[position]) > 1e-12) return false;
  }
  return true;
}

/// Remembers the least time of each benchmark on its way to the console.
class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.run_type == Run::RT_Iteration) {
        const double seconds = run.cpu_accumulated_time / static_cast<double>(run.iterations);
        const auto [entry, fresh] = least_.try_emplace(run.run_name.function_name, seconds);
        if (!fresh) entry->second = std::min(entry->second, seconds);
      }
    ConsoleReporter::ReportRuns(runs);
  }
  double least(const std::string& name) const {
    const auto found = least_.find(name);
    return found == least_.end() ? std::nan("") : found->second;
  }

 private:
  std::map<std::string, double> least_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const HandLoops loops = hand_loops();
  const struct {
    std::string name;
    Loop loop;
    Inputs (*shape)();
  } cases[] = {{"small_inputs", loops.small_inputs, small_inputs},
               {"full_table", loops.full_table, full_table},
               {"child_message", loops.child_message, child_message}};
  for (const auto& c : cases) {
    if (!agree(c.loop, c.shape)) {
      fmt::print(stderr, "{}: the loop by hand and ours differ\n", c.name);
      return 1;
    }
    for (const auto& [name, run] : {std::pair{c.name + "/hand", 0}, {c.name + "/ours", 1}}) {
      auto* const benchmark = run == 0 ? benchmark::RegisterBenchmark(name.c_str(), hand, c.loop)
                                       : benchmark::RegisterBenchmark(name.c_str(), ours, c.shape);
      benchmark->Unit(benchmark::kMillisecond)->MinTime(0.1)->Repetitions(5);
    }
  }
  benchmark::RegisterBenchmark("memcpy", copy)->Unit(benchmark::kMillisecond)->MinTime(0.1)->Repetitions(5);
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  fmt::print("\n{} cells, {}; best of 5\n", sum_cells, to_text(best_instruction_set()));
  for (const auto& c : cases) {
    const double hand_seconds = reporter.least(c.name + "/hand"), our_seconds = reporter.least(c.name + "/ours");
    fmt::print("{:14} hand {:6.2f} Gcells/s, ours {:6.2f} Gcells/s, time ratio {:.2f}\n", c.name,
               sum_cells * 1e-9 / hand_seconds, sum_cells * 1e-9 / our_seconds, our_seconds / hand_seconds);
  }
  fmt::print("memcpy         {:.1f} GB/s read and written\n",
             2e-9 * sum_cells * sizeof(double) / reporter.least("memcpy"));
}
