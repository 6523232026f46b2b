// SPDX-License-Identifier: MIT
#include "runtime/cycle_engine.hpp"

#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "entente/algorithm/awake.hpp"
#include "entente/base/random.hpp"
#include "runtime/better.hpp"

namespace entente::runtime {
namespace {

static_assert(sizeof(kernel::RowBest) == sizeof(Best) && alignof(kernel::RowBest) == alignof(Best),
              "steps read what kernels write");
kernel::RowBest* kernel_best(Best* best) { return reinterpret_cast<kernel::RowBest*>(best); }

/// Whether any of `count` flags is set.
bool any(const std::uint8_t* flags, std::size_t count) {
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, flags + i, sizeof eight);
    seen |= eight;
  }
  for (; i < count; ++i) seen |= flags[i];
  return seen != 0;
}

std::uint32_t value_at(const std::byte* plane, std::uint32_t width, std::size_t i) {
  if (width == 1) return std::to_integer<std::uint32_t>(plane[i]);
  std::uint32_t value;
  std::memcpy(&value, plane + i * sizeof value, sizeof value);
  return value;
}

}  // namespace

CycleEngine::CycleEngine(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                         std::span<const Setting> settings, const RunControl& control, Execution execution)
    : problem_(problem),
      costs_(costs),
      kernels_(kernel::local_kernels(costs.tables(), costs.value_bytes())),
      control_(control),
      execution_(execution),
      population_(algorithm.populate(problem.variable_count(), settings)),
      messages_(population_->messages()),
      count_(problem.variable_count()),
      blocks_((count_ + block_ - 1) / block_),
      phases_(static_cast<std::uint32_t>(messages_.size())),
      lanes_(std::size_t(std::clamp<std::int64_t>(control.threads, 1, std::max(1u, blocks_)))),
      barrier_(static_cast<int>(lanes_.size())) {
  prepare();
}

/// Bytes of a slot: a value where the view reads values, else the message and its tail.
std::uint32_t CycleEngine::slot_bytes(std::uint32_t phase) const {
  const MessageInfo& message = messages_[phase];
  if (message.value) return costs_.value_bytes();
  if (!message.tail) return message.size;
  const std::uint32_t* const domains = costs_.tables().domains;
  const std::uint32_t widest = count_ ? *std::max_element(domains, domains + count_) : 0;
  return (message.size + message.tail * widest + 7) / 8 * 8;
}

void CycleEngine::prepare() {
  if (population_->owns_costs()) own_.emplace(costs_);
  can_skip_ = !own_;
  finished_ = Array<std::uint8_t>(count_);
  for (std::uint32_t q = 0; q < phases_; ++q) {
    if (messages_[q].value && value_phase_ < 0) value_phase_ = int(q);
    can_skip_ &= !messages_[q].sparse;
  }
  for (std::uint32_t q = 0; q < phases_; ++q)
    if (messages_[q].sparse && sent_.empty()) sent_ = Array<Traffic>(count_);
  for (VariableId v = 0; v < count_ && value_phase_ >= 0; ++v)
    view_checks_ = std::max(view_checks_, std::uint64_t(problem_.domain_size(v)) * problem_.constraints_of(v).size());
  // Without values there is no view to keep up to date, and no measure of how much changes.
  can_skip_ &= value_phase_ >= 0;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    Plane& plane = planes_[q];
    const bool sparse = messages_[q].sparse, value = int(q) == value_phase_;
    const std::size_t slots = sparse ? costs_.first()[count_] : count_;
    const std::size_t bytes = slots * slot_bytes(q);
    plane.two = phases_ == 1 || value;
    plane.a = Array<std::byte>(bytes);
    if (plane.two) plane.b = Array<std::byte>(bytes);
    if (value) plane.c = Array<std::byte>(bytes);
    plane.now = plane.a.data();
    plane.next = plane.two ? plane.b.data() : plane.now;
    if (value) best_plane_ = plane.c.data();
    if (sparse) {
      plane.stamp = Array<std::uint32_t>(slots);
      plane.mailed = Array<std::uint32_t>(count_);
    }
    if (can_skip_ && execution_ != Execution::full) awake_[q] = Array<std::uint8_t>(count_);
  }
  const std::size_t cell = costs_.tables().single ? sizeof(float) : sizeof(double);
  std::size_t widest = 0;
  for (std::uint32_t b = 0; b < blocks_; ++b) {
    const ComputationId low = b * block_, high = std::min(count_, low + block_);
    widest = std::max(widest, (high < count_ ? costs_.row_offset(high) : costs_.row_cells()) - costs_.row_offset(low));
  }
  const bool whole = (can_skip_ && execution_ != Execution::full) || population_->keeps_view();
  if (whole && value_phase_ >= 0) {
    rows_ = Array<std::byte>(costs_.row_cells() * cell);
    if (population_->keeps_view()) bests_ = Array<Best>(count_);
    if (moves_shares())
      doubled_ = Array<double>(count_);
    else
      shares_ = Array<kernel::DoubledCost>(count_);
  }
  for (std::size_t t = 0; t < lanes_.size(); ++t) {
    Lane& lane = lanes_[t];
    lane.block_begin = std::uint32_t(std::uint64_t(blocks_) * t / lanes_.size());
    lane.block_end = std::uint32_t(std::uint64_t(blocks_) * (t + 1) / lanes_.size());
    lane.rows = Array<std::byte>(widest * cell);
    lane.best = Array<Best>(block_ * blocks_at_once_);
    if (can_skip_ && execution_ != Execution::full) lane.senders = Array<ComputationId>(high_of(lane) - low_of(lane));
    lane.changed = {lane.senders.data(), 0};
  }
  block_costs_ = Array<kernel::DoubledCost>(std::max(1u, blocks_));
  for (VariableId v = 0; v < count_ && initial_.empty(); ++v)
    if (problem_.initial_value(v) != no_value) initial_ = Array<std::int32_t>(count_);
  for (VariableId v = 0; v < count_ && !initial_.empty(); ++v) initial_[v] = problem_.initial_value(v);
}

Frame CycleEngine::frame(std::uint32_t phase, Lane& lane) const {
  const kernel::LocalTables& tables = costs_.tables();
  Frame f;
  f.first = costs_.first();
  f.neighbours = costs_.neighbours();
  f.back = costs_.back();
  f.domain = tables.domain;
  f.domains = tables.domains;
  f.initial = initial_.empty() ? nullptr : initial_.data();
  f.lowest = costs_.lowest();
  f.reach = costs_.reach();
  f.single = tables.single;
  f.stride = tables.stride;
  f.row_first = tables.row_first;
  f.cycle = cycle_;
  f.tick = cycle_ * phases_ + phase + 1;
  f.salt = mix(mix(control_.seed) ^ f.tick);
  f.value_bytes = costs_.value_bytes();
  f.truth = &truth();
  f.believed = own_ ? &own_->believed() : nullptr;
  f.extremes = own_ ? own_->extremes() : nullptr;
  f.value_phase = value_phase_ < 0 ? 0 : std::uint32_t(value_phase_);
  f.finished = finished_.data();
  f.host = control_.host;
  if (!sent_.empty()) {
    f.sent = sent_.data();
    f.kinds = lane.kinds.data();
  }
  if (!can_skip_) f.most_checks = &lane.most_checks;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    f.slot[q] = slot_bytes(q);
    f.in[q] = planes_[q].now;
    f.out[q] = planes_[q].next;
    f.stamp[q] = planes_[q].stamp.data();
    f.mailed[q] = planes_[q].mailed.data();
    if (skipping_) f.awake[q] = awake_[q].data();
  }
  if (skipping_) f.changed = &lane.changed;
  if (skipping_ || tracking_) f.activity = &lane.activity;
  return f;
}

void CycleEngine::run_phase(std::uint32_t phase, Lane& lane) {
  Frame f = frame(phase, lane);
  const bool view = int(phase) == value_phase_, keeps = population_->keeps_view(), whole = skipping_ || keeps;
  const std::size_t cell = costs_.tables().single ? sizeof(float) : sizeof(double);
  // Where few are awake, going through several blocks at once saves most of the calls.
  const std::uint32_t blocks = skipping_ ? blocks_at_once_ : 1;
  for (std::uint32_t b = lane.block_begin; b < lane.block_end; b += blocks) {
    const std::uint32_t end = std::min(lane.block_end, b + blocks);
    const ComputationId low = b * block_, high = std::min(count_, end * block_);
    std::uint8_t* const awake = f.awake[phase];
    if (awake && !any(awake + low, high - low)) continue;
    std::byte* const rows = whole ? rows_.data() + costs_.row_offset(low) * cell : lane.rows.data();
    Best* const best = keeps ? bests_.data() + low : lane.best.data();
    if (view && skipping_) {
      for (std::uint32_t c = b; c < end; ++c) {
        const ComputationId first = c * block_, last = std::min(count_, first + block_);
        if (rebuild_)
          rebuild(first, last, best + (first - low));
        else if (any(awake + first, last - first))
          refresh(first, last, awake, best + (first - low));
      }
    } else if (view) {
      block_costs_[b] = {};
      kernel::DoubledCost unused;
      kernels_.gather(believed(), planes_[phase].now, low, high, rows, kernel_best(best),
                      own_ ? &unused : &block_costs_[b]);
      if (own_) kernels_.measure(truth(), planes_[phase].now, low, high, &block_costs_[b]);
    }
    f.rows = rows;
    f.best = best;
    f.base = low;
    population_->step(f, phase, low, high);
  }
}

/// The first cycle of a change-driven run: all rows of a block, and each computation's share of the cost.
void CycleEngine::rebuild(ComputationId low, ComputationId high, Best* best) {
  const kernel::LocalTables& tables = costs_.tables();
  const std::size_t cell = tables.single ? sizeof(float) : sizeof(double);
  const std::byte* const values = planes_[std::size_t(value_phase_)].now;
  kernel::DoubledCost& sum = block_costs_[low / block_] = {};
  const auto row = [&](ComputationId i) { return rows_.data() + costs_.row_offset(i) * cell; };
  if (moves_shares()) {
    kernels_.gather(tables, values, low, high, row(low), kernel_best(best), &sum);
    for (ComputationId i = low; i < high; ++i)
      doubled_[i] =
          kernels_.pick(tables, i, value_at(values, costs_.value_bytes(), i), row(i), kernel_best(best + (i - low)));
    return;
  }
  for (ComputationId i = low; i < high; ++i) {
    shares_[i] = {};
    kernels_.gather(tables, values, i, i + 1, row(i), kernel_best(best + (i - low)), &shares_[i]);
    sum.cost += shares_[i].cost;
    sum.violations += shares_[i].violations;
  }
}

/// Brings row, best and share of the woken computations of a block up to date.
void CycleEngine::refresh(ComputationId low, ComputationId high, const std::uint8_t* awake, Best* best) {
  const kernel::LocalTables& tables = costs_.tables();
  const std::size_t cell = tables.single ? sizeof(float) : sizeof(double);
  const std::byte* const values = planes_[std::size_t(value_phase_)].now;
  kernel::DoubledCost& sum = block_costs_[low / block_];
  const auto row = [&](ComputationId i) { return rows_.data() + costs_.row_offset(i) * cell; };
  const auto pick = [&](ComputationId i) {
    return kernels_.pick(tables, i, value_at(values, costs_.value_bytes(), i), row(i), kernel_best(best + (i - low)));
  };
  if (moves_shares()) {
    entente::detail::for_each_awake(awake, low, high, [&](ComputationId i) {
      const double doubled = pick(i);
      if (doubled == doubled_[i]) return;
      kernel::add_share(tables.hard_weight, doubled_[i], -1, &sum);
      kernel::add_share(tables.hard_weight, doubled, 1, &sum);
      doubled_[i] = doubled;
    });
    return;
  }
  const bool in_place = kernels_.apply && tables.exact;
  entente::detail::for_each_awake(awake, low, high, [&](ComputationId i) {
    shares_[i] = {};
    if (kernels_.pick && (in_place || awake[i] == 1))
      kernel::add_share(tables.hard_weight, pick(i), 1, &shares_[i]);
    else
      kernels_.gather(tables, values, i, i + 1, row(i), kernel_best(best + (i - low)), &shares_[i]);
  });
  sum = {};
  for (ComputationId i = low; i < high; ++i) {
    sum.cost += shares_[i].cost;
    sum.violations += shares_[i].violations;
  }
}

/// Full cycles: how many values differ from the cycle before.
void CycleEngine::count_moves(Lane& lane) {
  const Plane& plane = planes_[std::size_t(value_phase_)];
  const std::size_t width = costs_.value_bytes(), low = low_of(lane), high = high_of(lane);
  std::uint64_t moved = 0;
  if (width == 1) {
    for (std::size_t i = low; i < high; ++i) moved += plane.now[i] != plane.next[i];
  } else {
    for (std::size_t i = low; i < high; ++i)
      moved += std::memcmp(plane.now + i * width, plane.next + i * width, width) != 0;
  }
  lane.moved = moved;
}

/// One thread: the cost of the values that this cycle read, and whether they are the best so far.
void CycleEngine::take_stock() {
  kernel::DoubledCost sum;
  for (std::uint32_t b = 0; b < blocks_; ++b) {
    sum.cost += block_costs_[b].cost;
    sum.violations += block_costs_[b].violations;
  }
  const Evaluation now = costs_.decode(sum);
  if (!have_best_ || better(now, best_, problem_.objective())) {
    have_best_ = true;
    best_ = now;
    best_cycle_ = cycle_;
    const Plane& plane = planes_[std::size_t(value_phase_)];
    if (skipping_)
      std::memcpy(best_plane_, plane.now, plane.a.bytes());
    else
      keep_ = true;
  }
  report(cycle_, now, moved_before_);
}

/// One thread, full cycles: what was written becomes what is read.
void CycleEngine::exchange(std::uint32_t written) {
  Plane& plane = planes_[written];
  if (!plane.two) return;
  if (int(written) == value_phase_ && keep_) {
    std::byte* const spare = best_plane_;
    best_plane_ = plane.now;
    plane.now = plane.next;
    plane.next = spare;
    keep_ = false;
  } else {
    std::swap(plane.now, plane.next);
  }
}

/// Change-driven: tells the receivers in this thread's share who changed.
void CycleEngine::announce(std::uint32_t written, Lane& lane) {
  const Plane& plane = planes_[written];
  const ComputationId low = low_of(lane), high = high_of(lane);
  const bool view = int(written) == value_phase_;
  std::uint8_t* const awake = awake_[written].data();
  for (const Lane& other : lanes_) {
    const std::span<const ComputationId> senders(other.changed.list, other.changed.count);
    if (view && kernels_.apply) {
      kernels_.apply(costs_.tables(), senders.data(), other.changed.count, plane.now, plane.next, low, high,
                     rows_.data(), awake);
      continue;
    }
    for (const ComputationId i : senders)
      for (std::uint32_t e = costs_.first()[i]; e < costs_.first()[i + 1]; ++e) {
        const ComputationId j = costs_.neighbours()[e];
        if (j >= low && j < high) awake[j] |= view ? 3 : 1;
      }
  }
}

/// Change-driven: what this thread's computations changed becomes what is read.
void CycleEngine::settle(std::uint32_t written, Lane& lane) {
  const Plane& plane = planes_[written];
  const bool view = int(written) == value_phase_;
  const std::size_t size = messages_[written].value ? costs_.value_bytes() : messages_[written].size;
  for (const ComputationId i : std::span<const ComputationId>(lane.changed.list, lane.changed.count)) {
    if (plane.two) std::memcpy(plane.now + i * size, plane.next + i * size, size);
    if (view) awake_[written][i] |= 1;  // its own share of the cost
  }
  lane.changed.count = 0;
}

/// One thread: from here on, only what changes is run. The first such cycle runs everybody.
void CycleEngine::start_skipping() {
  skipping_ = rebuild_ = true;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    std::memset(awake_[q].data(), 1, count_);
    if (planes_[q].two) std::memcpy(planes_[q].next, planes_[q].now, planes_[q].a.bytes());
  }
}

/// One thread, between cycles: whether and how to go on.
void CycleEngine::finish_cycle() {
  std::uint64_t moved = 0, active = 0;
  for (Lane& lane : lanes_) {
    moved += lane.moved;
    active += lane.activity.active;
    lane.activity = {};
    lane.moved = 0;
  }
  counted_ = {};
  for (std::uint32_t q = 0; q < phases_ && !sent_.empty(); ++q) {
    counted_.messages += sent(q).messages;
    counted_.bytes += sent(q).bytes;
  }
  const bool watched = skipping_ || tracking_, calm_before = moved_before_ == 0 || value_phase_ < 0;
  ++cycle_;
  rebuild_ = false;
  moved_before_ = moved;
  tracking_ = moved == 0 || value_phase_ < 0;
  if (value_phase_ < 0) {
    const Evaluation now = total_cost();
    if (!have_best_ || better(now, best_, problem_.objective())) {
      have_best_ = true;
      best_ = now;
      best_cycle_ = cycle_;
    }
    report(cycle_, now, moved);
  }
  if ((watched && active == 0 && calm_before) || all_finished()) {
    end_ = RunEnd::by_itself;
    stop_ = true;
  } else if (failed_ || should_stop()) {
    stop_ = true;
  }
  if (stop_) return;
  if (can_skip_ && execution_ == Execution::automatic) {
    if (!skipping_ && moved <= count_ / 4)
      start_skipping();
    else if (skipping_ && moved > count_ / 2)
      skipping_ = false;
  }
  if (control_.delay > 0) wait_out_delay();
}

/// One thread, after a phase: the computation with most checks holds up all others.
void CycleEngine::count_checks() {
  std::uint64_t most = 0;
  for (Lane& lane : lanes_) most = std::max(most, std::exchange(lane.most_checks, 0));
  checks_ += most;
}

KindTraffic CycleEngine::sent(std::uint32_t phase) const {
  KindTraffic all{};
  for (const Lane& lane : lanes_) {
    all.messages += lane.kinds[phase].messages;
    all.bytes += lane.kinds[phase].bytes;
    all.largest = std::max(all.largest, lane.kinds[phase].largest);
  }
  return all;
}

void CycleEngine::count_traffic(RunResult& result) const {
  result.checks = checks_ + cycle_ * view_checks_;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    const KindTraffic all = sent(q);
    result.kinds.push_back({std::string(messages_[q].name), all.messages, all.bytes, all.largest});
  }
  if (sent_.empty()) return;
  for (std::uint32_t i = 0; i < count_; ++i) {
    result.messages_out.push_back(sent_[i].messages);
    result.bytes_out.push_back(sent_[i].bytes);
  }
}

bool CycleEngine::all_finished() const { return finished_[0] && std::memchr(finished_.data(), 0, count_) == nullptr; }

bool CycleEngine::should_stop() {
  if (control_.stop_cycle && cycle_ >= control_.stop_cycle) return end_ = RunEnd::cycle_limit, true;
  if (control_.interrupt && control_.interrupt->load(std::memory_order_relaxed))
    return end_ = RunEnd::interrupted, true;
  if (control_.deadline != RunControl::Clock::time_point::max() && RunControl::Clock::now() >= control_.deadline)
    return end_ = RunEnd::deadline, true;
  if (control_.patience && cycle_ >= best_cycle_ + control_.patience) return end_ = RunEnd::patience, true;
  // Draws are addressed by 32-bit ticks.
  if (std::uint64_t(cycle_ + 1) * phases_ >= no_id - phases_) return end_ = RunEnd::cycle_limit, true;
  return false;
}

void CycleEngine::wait_out_delay() const {
  const auto until = RunControl::Clock::now() + std::chrono::duration_cast<RunControl::Clock::duration>(
                                                    std::chrono::duration<double>(control_.delay));
  for (auto now = RunControl::Clock::now(); now < until && now < control_.deadline; now = RunControl::Clock::now()) {
    if (control_.interrupt && control_.interrupt->load(std::memory_order_relaxed)) return;
    std::this_thread::sleep_for(std::min<RunControl::Clock::duration>(until - now, std::chrono::milliseconds(10)));
  }
}

void CycleEngine::report(std::uint64_t cycle, const Evaluation& now, std::uint64_t changed) {
  if (control_.on_cycle) control_.on_cycle({cycle, now, best_, changed, counted_.messages, counted_.bytes});
}

/// One thread: the cost of the current values, summed as the kernels sum it.
Evaluation CycleEngine::total_cost() {
  if (value_phase_ < 0) {
    std::vector<ValueIndex> values(count_);
    population_->decisions(0, count_, values.data());
    return problem_.evaluate(values);
  }
  const Lane& lane = lanes_[0];
  const bool current = skipping_ && !rebuild_;  // shares of all but the woken are up to date
  kernel::DoubledCost sum;
  for (std::uint32_t b = 0; b < blocks_; ++b) {
    const ComputationId low = b * block_, high = std::min(count_, low + block_);
    if (current) {
      const std::uint8_t* const awake = awake_[std::size_t(value_phase_)].data();
      if (any(awake + low, high - low)) refresh(low, high, awake, lane.best.data());
    } else {
      block_costs_[b] = {};
      kernels_.gather(truth(), planes_[std::size_t(value_phase_)].now, low, high, lane.rows.data(),
                      kernel_best(lane.best.data()), &block_costs_[b]);
    }
    sum.cost += block_costs_[b].cost;
    sum.violations += block_costs_[b].violations;
  }
  return costs_.decode(sum);
}

std::vector<ValueIndex> CycleEngine::values_of(const std::byte* plane) const {
  std::vector<ValueIndex> values(count_);
  for (std::size_t i = 0; i < count_; ++i) values[i] = ValueIndex(value_at(plane, costs_.value_bytes(), i));
  return values;
}

void CycleEngine::work(int thread) {
  Lane& lane = lanes_[std::size_t(thread)];
  const auto guarded = [&](auto&& part) {
    try {
      part();
    } catch (...) {
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
  };
  for (;;) {
    for (std::uint32_t phase = 0; phase < phases_; ++phase) {
      barrier_.wait();
      if (stop_) return;
      const std::uint32_t written = (phase + 1) % phases_;
      const bool skipping = skipping_, last = phase + 1 == phases_;
      guarded([&] { run_phase(phase, lane); });
      if (int(written) == value_phase_) skipping ? void(lane.moved = lane.changed.count) : count_moves(lane);
      barrier_.wait();
      if (thread == 0) {
        guarded([&] {
          count_checks();
          if (int(phase) == value_phase_) take_stock();
          if (!skipping) exchange(written);
          if (!skipping && last) finish_cycle();
        });
        if (failed_) stop_ = true;
      }
      if (!skipping) continue;
      barrier_.wait();  // the best assignment is safe: now commit
      announce(written, lane);
      barrier_.wait();
      settle(written, lane);
      if (thread == 0 && last) {
        // The others may still settle, which touches nothing that this reads but through the next barrier.
        guarded([&] { finish_cycle(); });
        if (failed_) stop_ = true;
      }
    }
  }
}

RunResult CycleEngine::run() {
  RunResult result;
  const auto begin = RunControl::Clock::now();
  if (count_) {
    Frame f = frame(0, lanes_[0]);
    f.salt = mix(control_.seed ^ start_salt);
    f.changed = nullptr;
    f.activity = nullptr;
    f.out[0] = planes_[0].now;
    population_->start(f, 0, count_);
    tracking_ = value_phase_ < 0;
    if (can_skip_ && execution_ == Execution::change_driven) start_skipping();
    moved_before_ = count_;  // before the first cycle everything is new
    std::vector<std::thread> others;
    for (std::size_t t = 1; t < lanes_.size(); ++t) others.emplace_back([this, t] { work(int(t)); });
    work(0);
    for (auto& thread : others) thread.join();
    if (failure_) std::rethrow_exception(failure_);
  }
  result.end = end_;
  result.cycles = cycle_;
  count_traffic(result);
  if (value_phase_ >= 0) {
    result.last = values_of(planes_[std::size_t(value_phase_)].now);
    const Evaluation final = total_cost();
    result.best = have_best_ ? values_of(best_plane_) : result.last;
    result.best_cycle = best_cycle_;
    if (!have_best_ || better(final, best_, problem_.objective())) {
      best_ = final;
      result.best = result.last;
      result.best_cycle = cycle_;
    }
    report(cycle_, final, moved_before_);
  } else {
    result.last.resize(count_);
    population_->decisions(0, count_, result.last.data());
    result.best = result.last;
    result.best_cycle = cycle_;
  }
  result.seconds = std::chrono::duration<double>(RunControl::Clock::now() - begin).count();
  result.busy_seconds = result.seconds;
  return result;
}

std::size_t CycleEngine::bytes() const {
  std::size_t bytes = (own_ ? own_->bytes() : 0) + finished_.bytes() + sent_.bytes() + rows_.bytes() + bests_.bytes() +
                      shares_.bytes() + doubled_.bytes() + block_costs_.bytes() + initial_.bytes();
  for (const Plane& plane : planes_)
    bytes += plane.a.bytes() + plane.b.bytes() + plane.c.bytes() + plane.stamp.bytes() + plane.mailed.bytes();
  for (const auto& flags : awake_) bytes += flags.bytes();
  for (const Lane& lane : lanes_) bytes += lane.senders.bytes() + lane.rows.bytes() + lane.best.bytes();
  return bytes;
}

}  // namespace entente::runtime
