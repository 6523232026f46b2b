// SPDX-License-Identifier: MIT
// The cycle engine before its run: what it lays out, and what it shows to steps.
#include <algorithm>
#include <cstring>

#include "entente/base/random.hpp"
#include "runtime/cycle_engine.hpp"
#include "runtime/cycle_engine_parts.hpp"

namespace entente::runtime {

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
