// SPDX-License-Identifier: MIT
#include "runtime/factor_run.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

#include "runtime/better.hpp"
#include "runtime/factor_enumeration.hpp"
#include "runtime/factor_order.hpp"
#include "runtime/proof.hpp"

namespace entente::runtime {
namespace {

constexpr std::uint64_t worth_a_thread = 1 << 15;  // numbers a cycle touches: below, waiting costs more than work

using Clock = RunControl::Clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

template <class Piece>
std::uint64_t total_weight(const std::vector<Piece>& pieces) {
  std::uint64_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.weight;
  return sum;
}

/// Where the pieces of thread `t` of `threads` begin: shares of about equal weight.
template <class Piece>
std::size_t share(const std::vector<Piece>& pieces, std::size_t t, std::size_t threads) {
  const std::uint64_t goal = total_weight(pieces) / threads * t;
  std::uint64_t sum = 0;
  std::size_t i = 0;
  while (i < pieces.size() && (t == threads || sum + pieces[i].weight / 2 < goal)) sum += pieces[i++].weight;
  return t == 0 ? 0 : i;
}

}  // namespace

FactorRun::FactorRun(const Problem& problem, const FactorPopulation& population, FactorLayout& layout,
                     const FactorCosts& costs, const kernel::CostKernels& kernels, const RunControl& control)
    : problem_(problem),
      population_(population),
      layout_(layout),
      costs_(costs),
      kernels_(kernels),
      control_(control),
      wake_(wake_up(problem, population.first_speakers())),
      notes_(population.notes()),
      longest_path_(population.ordered() ? order_nodes(problem, layout) : 0),
      calm_enough_(population.calm_cycles(longest_path_)),
      values_(problem.variable_count()),
      best_values_(problem.variable_count()) {
  deal();
  for (const VariableClass& variables : layout_.variable_classes()) {
    Beliefs beliefs;
    beliefs.now = Array<std::byte>(variables.prior.size());
    std::memcpy(beliefs.now.data(), variables.prior.data(), variables.prior.size());
    if (lanes_.size() == 1) {
      beliefs.next = Array<std::byte>(variables.prior.size());
      std::memcpy(beliefs.next.data(), variables.prior.data(), variables.prior.size());
    } else {
      beliefs.slots = Array<std::byte>(variables.slot_first.back() * variables.stride * kernels_.number_bytes);
    }
    beliefs_.push_back(std::move(beliefs));
  }
  for (const FactorClass& factors : layout_.factor_classes()) {
    Said said;
    const std::size_t bytes = factors.blocks() * factors.offsets.back() * kernels_.number_bytes;
    said.factors = Array<std::byte>(bytes);
    if (population_.remembers_variables()) said.variables = Array<std::byte>(bytes);
    said.notes = Array<std::byte>(notes_ * bytes);
    said_.push_back(std::move(said));
  }
  prepare_wakes();
  choose_first_values();
}

/// Cuts the work into pieces, the same for any number of threads, and deals them to threads.
void FactorRun::deal() {
  const auto& factor_classes = layout_.factor_classes();
  for (std::uint32_t c = 0; c < factor_classes.size(); ++c) {
    const FactorClass& factors = factor_classes[c];
    const std::uint64_t cells = factors.enumerated ? 64 * tuple_count(problem_, factors.constraints[0])
                                                   : factors.table.cells * factors.factors();
    for (std::size_t b = 0; b < factors.blocks(); ++b) blocks_.push_back({c, b, cells + 4 * factors.offsets.back()});
  }
  const auto& variable_classes = layout_.variable_classes();
  for (std::uint32_t c = 0; c < variable_classes.size(); ++c)
    for (std::uint32_t k = 0; k < variable_classes[c].chunks(); ++k) chunks_.push_back({c, k, 0});
  const std::uint64_t work = total_weight(blocks_);
  const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(1 + work / worth_a_thread, 4096));
  lanes_ = std::vector<Lane>(static_cast<std::size_t>(std::clamp<std::int64_t>(control_.threads, 1, most)));
  barrier_ = std::make_unique<Barrier>(static_cast<int>(lanes_.size()));
  if (lanes_.size() > 1) layout_.make_slots();
  for (Piece& chunk : chunks_) {
    const VariableClass& variables = variable_classes[chunk.of_class];
    const std::uint64_t slots =
        variables.slot_first.empty() ? 0 : variables.slot_first[chunk.number + 1] - variables.slot_first[chunk.number];
    chunk.weight = (slots + 2 * variables.chunk) * variables.stride;
  }
  block_costs_.resize(blocks_.size());
  chunk_costs_.resize(chunks_.size());
  std::size_t arity = 0, scratch = 0;
  for (const FactorClass& factors : factor_classes) {
    arity = std::max<std::size_t>(arity, factors.arity());
    // Two messages for each edge and twice that in reserve, and as much for each note; two pointers; all rounded up to
    // 64 bytes.
    const std::size_t messages = 4 * (1 + std::size_t(notes_));
    scratch = std::max(scratch, messages * factors.offsets.back() * kernels_.number_bytes +
                                    ((messages + 1) * factors.arity() + 2) * 64);
  }
  for (std::size_t t = 0; t < lanes_.size(); ++t) {
    Lane& lane = lanes_[t];
    lane.block_low = share(blocks_, t, lanes_.size());
    lane.block_high = share(blocks_, t + 1, lanes_.size());
    lane.chunk_low = share(chunks_, t, lanes_.size());
    lane.chunk_high = share(chunks_, t + 1, lanes_.size());
    lane.scratch = Array<std::byte>(scratch);
    lane.shapes.resize(arity);
    lane.beliefs.resize(arity);
    lane.strides.resize(arity);
    lane.index.resize(arity);
    lane.slots.resize(arity);
    lane.wakes.resize(arity);
    lane.values.resize(arity);
    lane.factors.resize(arity);
    lane.variables.resize(arity);
    lane.notes.resize(notes_ * arity);
    lane.early.resize(arity);
    lane.tuple.resize(arity);
  }
}

void FactorRun::prepare_wakes() {
  if (wake_.variables.empty()) return;
  variable_wakes_.resize(wake_.variables.size());
  for (VariableId v = 0; v < wake_.variables.size(); ++v) variable_wakes_[layout_.inside(v)] = wake_.variables[v];
  for (std::size_t c = 0; c < said_.size(); ++c)
    for (const ConstraintId constraint : layout_.factor_classes()[c].constraints)
      said_[c].wakes.push_back(wake_.factors[constraint]);
}

void FactorRun::choose_first_values() {
  for (std::size_t c = 0; c < beliefs_.size(); ++c) {
    const VariableClass& variables = layout_.variable_classes()[c];
    kernels_.cheapest(variables.size, variables.stride, variables.count, beliefs_[c].now.data(),
                      values_.data() + variables.first);
  }
  for (VariableId v = 0; v < problem_.variable_count(); ++v) {
    const ValueIndex initial = problem_.initial_value(v);
    if (initial == no_value) continue;
    for (const ConstraintId c : problem_.constraints_of(v))
      if (problem_.scope(c).size() > 1) values_[layout_.inside(v)] = initial;
  }
  for (std::size_t i = 0; i < chunks_.size(); ++i)
    chunk_costs_[i] = own_costs(layout_.variable_classes()[chunks_[i].of_class], chunks_[i].number);
}

// What a cycle consists of ----------------------------------------------------------------------------------------

void FactorRun::speak(Lane& lane) {
  for (std::size_t i = lane.block_low; i < lane.block_high && !aborted_.load(std::memory_order_relaxed); ++i)
    speak(lane, blocks_[i], block_costs_[i]);
}

/// The messages of one block of factors and their delivery, and what the factors cost at present.
void FactorRun::speak(Lane& lane, const Piece& piece, Evaluation& cost) {
  const FactorClass& factors = layout_.factor_classes()[piece.of_class];
  Said& said = said_[piece.of_class];
  const std::uint32_t arity = factors.arity(), count = factors.count_in(piece.number);
  const std::uint32_t groups = (count + factors.lanes - 1) / factors.lanes;
  const std::size_t bytes = kernels_.number_bytes;
  const bool waking = cycle_ + 1 < wake_.last;
  for (std::uint32_t k = 0; k < arity; ++k) {
    const VariableClass& variables = layout_.variable_classes()[factors.variables[k]];
    const std::size_t edge = factors.edge(piece.number, k, 0);
    const std::size_t at = (piece.number * factors.offsets.back() + factors.offsets[k]) * bytes;
    lane.shapes[k] = factors.shapes[k];
    lane.shapes[k].groups = groups;
    lane.beliefs[k] = beliefs_[factors.variables[k]].now.data();
    lane.strides[k] = variables.stride;
    lane.index[k] = factors.index.data() + edge;
    lane.slots[k] = factors.slot.data() + (factors.slot.empty() ? 0 : edge);
    lane.factors[k] = said.factors.data() + at;
    lane.variables[k] = said.variables.data() + (said.variables.empty() ? 0 : at);
    for (std::uint32_t n = 0; n < notes_; ++n)
      lane.notes[n * arity + k] = said.notes.data() + n * said.factors.size() + at;
    lane.early[k] = factors.early.data() + (factors.early.empty() ? 0 : edge);
    lane.values[k] = values_.data() + variables.first;
    if (waking) lane.wakes[k] = variable_wakes_.data() + variables.first;
  }
  FactorBlock block;
  block.kernels = &kernels_;
  block.arity = arity;
  block.count = count;
  block.cycle = cycle_ + 1;
  block.shapes = lane.shapes.data();
  block.beliefs = lane.beliefs.data();
  block.strides = lane.strides.data();
  block.index = lane.index.data();
  block.factor_sent = lane.factors.data();
  block.variable_sent = said.variables.empty() ? nullptr : lane.variables.data();
  block.table = factors.table;
  block.table.groups = groups;
  block.tables = factors.tables.data() + piece.number * factors.table.cells * factors.factors() * bytes;
  if (waking) {
    block.factor_wakes = said.wakes.data() + piece.number * factors.factors();
    block.variable_wakes = lane.wakes.data();
  }
  block.notes = lane.notes.data();
  block.values = lane.values.data();
  block.early = factors.early.empty() ? nullptr : lane.early.data();
  block.longest_path = longest_path_;
  block.rounding = costs_.rounding;
  block.scratch = lane.scratch.data();
  block.scratch_bytes = lane.scratch.size();
  block.stirred = lane.stirred;
  const Enumeration enumeration{&problem_, &costs_, factors.constraints[0], &control_, &aborted_};
  if (factors.enumerated) {
    block.min_marginals = enumerate_min_marginals;
    block.context = &enumeration;
  }
  // Where no value changed the costs are those of the cycle before.
  if (!shared_ && (cycle_ == 0 || changed_ > 0)) evaluate(lane, factors, block.table, piece, count, cost);
  if (only_evaluate_) return;
  population_.speak(block);
  lane.stirred = block.stirred;
  if (!shared_) deliver(lane, factors, count);
}

void FactorRun::deliver(Lane& lane, const FactorClass& factors, std::uint32_t count) {
  for (std::uint32_t k = 0; k < factors.arity(); ++k) {
    Beliefs& beliefs = beliefs_[factors.variables[k]];
    if (lanes_.size() == 1)
      kernels_.add(lane.shapes[k], count, lane.factors[k], lane.strides[k], lane.index[k], beliefs.next.data());
    else
      kernels_.store(lane.shapes[k], count, lane.factors[k], lane.strides[k], lane.slots[k], beliefs.slots.data());
  }
}

void FactorRun::evaluate(Lane& lane, const FactorClass& factors, const kernel::TableShape& table, const Piece& piece,
                         std::uint32_t count, Evaluation& cost) const {
  cost = {};
  if (factors.enumerated) {
    for (std::uint32_t k = 0; k < factors.arity(); ++k) lane.tuple[k] = lane.values[k][lane.index[k][0]];
    const double own = problem_.cost(factors.constraints[0], {lane.tuple.data(), factors.arity()});
    if (problem_.is_hard(own))
      cost.violations = 1;
    else
      cost.cost = costs_.working(problem_, own);
    return;
  }
  const std::byte* const tables =
      factors.tables.data() + piece.number * table.cells * factors.factors() * kernels_.number_bytes;
  kernels_.evaluate(table, count, tables, lane.values.data(), lane.index.data(), costs_.threshold(), &cost.cost,
                    &cost.violations);
}

void FactorRun::decide(Lane& lane) {
  for (std::size_t i = lane.chunk_low; i < lane.chunk_high; ++i) {
    decide(lane, chunks_[i]);
    chunk_costs_[i] = own_costs(layout_.variable_classes()[chunks_[i].of_class], chunks_[i].number);
  }
}

void FactorRun::decide(Lane& lane, const Piece& piece) {
  const VariableClass& variables = layout_.variable_classes()[piece.of_class];
  const Beliefs& beliefs = beliefs_[piece.of_class];
  const std::size_t low = piece.number * variables.chunk;
  const std::size_t count = std::min<std::size_t>(variables.chunk, variables.count - low);
  const std::size_t numbers = count * variables.stride;
  const std::byte* const prior = rows(variables.prior, variables, low);
  const bool in_place = lanes_.size() == 1;
  std::byte* const sums = rows(in_place ? beliefs.next : beliefs.now, variables, low);
  if (!in_place) {
    kernels_.copy(numbers, prior, sums);
    const std::uint64_t first = variables.slot_first[piece.number], last = variables.slot_first[piece.number + 1];
    kernels_.collect(variables.stride, last - first, rows(beliefs.slots, variables, first),
                     variables.slot_row.data() + first, beliefs.now.data());
  }
  VariableBlock block;
  block.kernels = &kernels_;
  block.size = variables.size;
  block.stride = variables.stride;
  block.count = count;
  block.beliefs = sums;
  block.values = values_.data() + variables.first + low;
  population_.decide(block);
  lane.changed += block.changed;
  if (in_place) kernels_.copy(numbers, prior, rows(beliefs.now, variables, low));
}

/// Of the variables of a chunk, in working costs.
Evaluation FactorRun::own_costs(const VariableClass& variables, std::size_t chunk) const {
  Evaluation sum;
  const auto low = static_cast<std::uint32_t>(variables.first + chunk * variables.chunk);
  const std::uint32_t high = std::min(low + variables.chunk, variables.first + variables.count);
  auto at = std::lower_bound(layout_.own.begin(), layout_.own.end(), low,
                             [](const OwnCosts& own, std::uint32_t variable) { return own.variable < variable; });
  for (; at != layout_.own.end() && at->variable < high; ++at) {
    const std::size_t entry = at->first + static_cast<std::size_t>(values_[at->variable]);
    sum.cost += layout_.own_cost[entry];
    sum.violations += layout_.own_hard[entry];
  }
  return sum;
}

// Between the phases, by one thread -------------------------------------------------------------------------------

/// The factors have passed: now the cost of the values they saw is known.
void FactorRun::take_stock() {
  if (aborted_) {
    // Some factors have spoken and some have not: what was decided before counts.
    aborted_ = false;
    only_evaluate_ = true;
    end_ = control_.interrupt && control_.interrupt->load() ? RunEnd::interrupted : RunEnd::deadline;
    return;
  }
  Evaluation now;
  for (const auto* parts : {&block_costs_, &chunk_costs_})
    for (const Evaluation& part : *parts) {
      now.cost += part.cost;
      now.violations += part.violations;
    }
  now.cost = costs_.decode(now.cost) + costs_.constants.cost;
  now.violations += costs_.constants.violations;
  if (!have_best_ || better(now, best_, problem_.objective())) {
    have_best_ = true;
    best_ = now;
    best_cycle_ = cycle_;
    std::memcpy(best_values_.data(), values_.data(), values_.bytes());
  }
  if (control_.on_cycle) {
    CycleReport report{cycle_, now, best_, changed_};
    report.values = [this] { return outside(values_); };
    control_.on_cycle(report);
  }
  if (only_evaluate_) {
    stop_ = true;
  } else if (control_.patience && cycle_ >= best_cycle_ + control_.patience) {
    end_ = RunEnd::patience;
    stop_ = true;
  } else if (control_.proof && control_.proof->enough(best_)) {
    end_ = RunEnd::good_enough;
    stop_ = true;
  }
}

void FactorRun::finish_cycle() {
  bool stirred = false;
  std::uint64_t changed = 0;
  for (Lane& lane : lanes_) {
    changed += std::exchange(lane.changed, 0);
    stirred |= std::exchange(lane.stirred, false);
  }
  if (lanes_.size() == 1)
    for (Beliefs& beliefs : beliefs_) std::swap(beliefs.now, beliefs.next);
  count_cycle(changed, stirred);
  if (!only_evaluate_ && control_.delay > 0) wait_out_delay();
}

void FactorRun::count_cycle(std::uint64_t changed, bool stirred) {
  ++cycle_;
  changed_ = changed;
  calm_ = stirred || changed_ > 0 || cycle_ < wake_.last ? 0 : calm_ + 1;
  only_evaluate_ = should_end();
}

bool FactorRun::should_end() {
  if (layout_.edges() == 0 || calm_ >= calm_enough_) return end_ = RunEnd::by_itself, true;
  if (control_.stop_cycle && cycle_ >= control_.stop_cycle) return end_ = RunEnd::cycle_limit, true;
  if (control_.interrupt && control_.interrupt->load(std::memory_order_relaxed))
    return end_ = RunEnd::interrupted, true;
  if (control_.deadline != Clock::time_point::max() && Clock::now() >= control_.deadline)
    return end_ = RunEnd::deadline, true;
  return false;
}

void FactorRun::wait_out_delay() const {
  const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(std::min(control_.delay, 1e6)));
  for (auto now = Clock::now(); now < until && now < control_.deadline; now = Clock::now()) {
    if (control_.interrupt && control_.interrupt->load(std::memory_order_relaxed)) return;
    std::this_thread::sleep_for(std::min<Clock::duration>(until - now, std::chrono::milliseconds(10)));
  }
}

// The run ---------------------------------------------------------------------------------------------------------

void FactorRun::work(int thread) {
  Lane& lane = lanes_[static_cast<std::size_t>(thread)];
  const auto guarded = [&](auto&& part) {
    const auto begin = Clock::now();
    try {
      part();
    } catch (...) {
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
    lane.busy += seconds_since(begin);
  };
  for (;;) {
    guarded([&] { speak(lane); });
    barrier_->wait();
    if (thread == 0) {
      guarded([&] { take_stock(); });
      if (failed_) stop_ = true;
    }
    barrier_->wait();
    if (stop_) return;
    if (only_evaluate_) continue;
    guarded([&] { decide(lane); });
    barrier_->wait();
    if (thread == 0) guarded([&] { finish_cycle(); });
    barrier_->wait();
  }
}

RunResult FactorRun::run() {
  const auto begin = Clock::now();
  only_evaluate_ = should_end();
  if (!only_evaluate_ && control_.delay > 0) wait_out_delay();
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < lanes_.size(); ++t) others.emplace_back([this, t] { work(static_cast<int>(t)); });
  work(0);
  for (std::thread& thread : others) thread.join();
  if (failure_) std::rethrow_exception(failure_);
  RunResult result = outcome();
  result.seconds = seconds_since(begin);
  for (const Lane& lane : lanes_) result.busy_seconds += lane.busy;
  return result;
}

std::vector<ValueIndex> FactorRun::outside(const Array<std::int32_t>& values) const {
  std::vector<ValueIndex> by_id(problem_.variable_count());
  for (VariableId v = 0; v < by_id.size(); ++v) by_id[v] = values[layout_.inside(v)];
  return by_id;
}

}  // namespace entente::runtime
