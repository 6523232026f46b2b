// SPDX-License-Identifier: MIT
#include "runtime/cycle_engine.hpp"

#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "entente/base/random.hpp"
#include "runtime/better.hpp"
#include "runtime/cycle_engine_parts.hpp"
#include "runtime/proof.hpp"

namespace entente::runtime {

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
      if (own_) {
        population_->learn(f, low, high);
        kernels_.gather_believed(own_->believed(), own_->truth(), planes_[phase].now, low, high, rows,
                                 kernel_best(best), &block_costs_[b]);
      } else {
        kernels_.gather(costs_.tables(), planes_[phase].now, low, high, rows, kernel_best(best), &block_costs_[b]);
      }
    }
    f.rows = rows;
    f.best = best;
    f.base = low;
    population_->step(f, phase, low, high);
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

bool CycleEngine::all_finished() const { return finished_[0] && std::memchr(finished_.data(), 0, count_) == nullptr; }

bool CycleEngine::should_stop() {
  if (control_.stop_cycle && cycle_ >= control_.stop_cycle) return end_ = RunEnd::cycle_limit, true;
  if (control_.interrupt && control_.interrupt->load(std::memory_order_relaxed))
    return end_ = RunEnd::interrupted, true;
  if (control_.deadline != RunControl::Clock::time_point::max() && RunControl::Clock::now() >= control_.deadline)
    return end_ = RunEnd::deadline, true;
  if (control_.patience && cycle_ >= best_cycle_ + control_.patience) return end_ = RunEnd::patience, true;
  if (control_.proof && have_best_ && control_.proof->enough(best_)) return end_ = RunEnd::good_enough, true;
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
  if (!control_.on_cycle) return;
  CycleReport report{cycle, now, best_, changed, counted_.messages, counted_.bytes};
  report.values = [this] { return current_values(); };
  control_.on_cycle(report);
}

std::vector<ValueIndex> CycleEngine::current_values() const {
  if (value_phase_ >= 0) return values_of(planes_[std::size_t(value_phase_)].now);
  std::vector<ValueIndex> values(count_);
  population_->decisions(0, count_, values.data());
  return values;
}

/// One thread: the cost of the current values, summed as the kernels sum it.
Evaluation CycleEngine::total_cost() {
  if (value_phase_ < 0) return problem_.evaluate(current_values());
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
  result.last = current_values();
  if (value_phase_ >= 0) {
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
    result.best = result.last;
    result.best_cycle = cycle_;
  }
  result.seconds = std::chrono::duration<double>(RunControl::Clock::now() - begin).count();
  result.busy_seconds = result.seconds;
  return result;
}

}  // namespace entente::runtime
