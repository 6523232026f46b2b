// SPDX-License-Identifier: MIT
#include "runtime/cycle_ledger.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "kernel/local_view.hpp"
#include "runtime/better.hpp"
#include "runtime/cycle_engine_parts.hpp"
#include "runtime/proof.hpp"

namespace entente::runtime {

namespace {
constexpr std::uint32_t block = 128;  // the unit in which the cycle engine adds up costs
}

std::uint32_t most_cycles(const RunControl& control, std::uint32_t phases) {
  const std::uint64_t most = (no_id - phases) / phases - 1;
  return std::uint32_t(control.stop_cycle ? std::min(control.stop_cycle, most) : most);
}

CycleLedger::CycleLedger(const Problem& problem, const kernel::LocalCosts& costs, const kernel::LocalTables& truth,
                         const Population& types, const RunControl& control)
    : problem_(problem),
      costs_(costs),
      truth_(truth),
      kernels_(kernel::local_kernels(costs.tables(), costs.value_bytes())),
      messages_(types.messages()),
      control_(control),
      count_(problem.variable_count()),
      phases_(std::uint32_t(messages_.size())),
      messages_out_(count_),
      bytes_out_(count_) {
  for (std::uint32_t q = 0; q < phases_ && value_phase_ < 0; ++q)
    if (messages_[q].value) value_phase_ = int(q);
  for (VariableId v = 0; v < count_ && tells_values(); ++v)
    view_checks_ = std::max(view_checks_, std::uint64_t(problem.domain_size(v)) * problem.constraints_of(v).size());
  std::size_t widest = 0;
  for (ComputationId low = 0; low < count_; low += block) {
    const ComputationId high = std::min(count_, low + block);
    const std::size_t end = high < count_ ? costs.row_offset(high) : costs.row_cells();
    widest = std::max(widest, end - costs.row_offset(low));
  }
  rows_ = Array<std::byte>(widest * (costs.tables().single ? sizeof(float) : sizeof(double)));
  best_rows_ = Array<Best>(block);
}

void CycleLedger::begin(CycleBook before) {
  begun_ = true;
  moved_before_ = count_;  // before the first cycle everything is new
  read_ = std::move(before);
}

std::optional<RunEnd> CycleLedger::close(CycleBook book, double time) {
  const std::uint64_t moved = count_moves(book);
  if (tells_values()) take_stock(evaluate());
  count(book);
  finished_ += read_.finished + book.finished;
  const bool calm = moved_before_ == 0 || !tells_values(), quiet = book.active == 0;
  ++cycle_;
  moved_before_ = moved;
  read_ = std::move(book);
  read_.finished = 0;
  read_at_ = time;
  if (!tells_values()) take_stock(evaluate());
  if ((quiet && calm) || finished_ == count_) return RunEnd::by_itself;
  if (cycle_ >= most_cycles(control_, phases_)) return RunEnd::cycle_limit;
  if (control_.patience && cycle_ >= best_cycle_ + control_.patience) return RunEnd::patience;
  if (control_.proof && have_best_ && control_.proof->enough(best_)) return RunEnd::good_enough;
  return {};
}

std::uint64_t CycleLedger::count_moves(const CycleBook& book) const {
  const std::size_t width = costs_.value_bytes();
  std::uint64_t moved = 0;
  for (std::size_t i = 0; i < count_ && tells_values(); ++i)
    moved += std::memcmp(book.values.data() + i * width, read_.values.data() + i * width, width) != 0;
  return moved;
}

void CycleLedger::count(const CycleBook& book) {
  for (std::uint32_t q = 0; q < phases_; ++q) {
    checks_ += book.most_checks[q];
    kinds_[q].messages += book.kinds[q].messages;
    kinds_[q].bytes += book.kinds[q].bytes;
    kinds_[q].largest = std::max(kinds_[q].largest, book.kinds[q].largest);
    counted_.messages += book.kinds[q].messages;
    counted_.bytes += book.kinds[q].bytes;
  }
  for (const auto& [computation, sent] : book.sent) {
    messages_out_[computation] += sent.messages;
    bytes_out_[computation] += sent.bytes;
  }
  checks_ += view_checks_;
}

/// What `read_` costs, summed as the cycle engine sums it.
Evaluation CycleLedger::evaluate() {
  if (!tells_values()) return problem_.evaluate(read_.decisions);
  kernel::DoubledCost sum;
  for (ComputationId low = 0; low < count_; low += block) {
    kernel::DoubledCost part;
    kernels_.gather(truth_, read_.values.data(), low, std::min(count_, low + block), rows_.data(),
                    kernel_best(best_rows_.data()), &part);
    sum.cost += part.cost;
    sum.violations += part.violations;
  }
  return costs_.decode(sum);
}

void CycleLedger::take_stock(const Evaluation& now) {
  if (!have_best_ || better(now, best_, problem_.objective())) {
    have_best_ = true;
    best_ = now;
    best_cycle_ = cycle_;
    best_values_ = values_of(read_);
  }
  report(now);
}

void CycleLedger::report(const Evaluation& now) {
  if (!control_.on_cycle) return;
  CycleReport report{cycle_, now, best_, moved_before_, counted_.messages, counted_.bytes};
  if (control_.simulation) report.time = read_at_;
  report.values = [this] { return values_of(read_); };
  control_.on_cycle(report);
}

std::vector<ValueIndex> CycleLedger::values_of(const CycleBook& book) const {
  if (!tells_values()) return book.decisions;
  std::vector<ValueIndex> values(count_);
  for (std::size_t i = 0; i < count_; ++i)
    values[i] = ValueIndex(value_at(book.values.data(), costs_.value_bytes(), i));
  return values;
}

void CycleLedger::conclude(RunResult& result) {
  result.cycles = cycle_;
  result.checks = checks_;
  bool sparse = false;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    sparse |= messages_[q].sparse;
    result.kinds.push_back({std::string(messages_[q].name), kinds_[q].messages, kinds_[q].bytes, kinds_[q].largest});
  }
  if (sparse) {
    result.messages_out = messages_out_;
    result.bytes_out = bytes_out_;
  }
  if (!begun_) {
    // It ended before everybody had said where it begins.
    for (VariableId v = 0; v < count_; ++v) result.last.push_back(std::max(problem_.initial_value(v), ValueIndex(0)));
    result.best = result.last;
    return;
  }
  if (count_ == 0) return;
  result.last = values_of(read_);
  if (tells_values()) take_stock(evaluate());
  result.best = tells_values() ? best_values_ : result.last;
  result.best_cycle = tells_values() ? best_cycle_ : cycle_;
}

}  // namespace entente::runtime
