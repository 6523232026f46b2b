// SPDX-License-Identifier: MIT
#include "runtime/local_barrier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {
Partition::Partition(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                     std::span<const Setting> settings, std::uint64_t seed, std::uint32_t cycles,
                     std::span<const std::uint32_t> part_of, std::uint32_t me, Send send)
    : problem_(problem),
      costs_(costs),
      kernels_(kernel::local_kernels(costs.tables(), costs.value_bytes())),
      population_(algorithm.populate(problem.variable_count(), settings)),
      messages_(population_->messages()),
      part_of_(part_of),
      me_(me),
      phases_(std::uint32_t(messages_.size())),
      last_tick_(cycles * phases_),
      count_(problem.variable_count()),
      seed_(seed),
      send_(std::move(send)),
      planes_(phases_),
      at_(count_) {
  std::uint32_t parts = me == every_part ? 0 : me + 1;
  for (const std::uint32_t part : part_of) parts = std::max(parts, part + 1);
  outbox_.resize(parts);
  const std::size_t edges = costs.first()[count_];
  const std::uint32_t* const domains = costs_.tables().domains;
  const std::size_t widest = count_ ? *std::max_element(domains, domains + count_) : 0;
  for (const MessageInfo& message : messages_) {
    const std::size_t whole = message.tail ? (message.size + message.tail * widest + 7) / 8 * 8 : message.size;
    sizes_.push_back(message.value ? costs_.value_bytes() : whole);
  }
  for (std::uint32_t q = 0; q < phases_; ++q) {
    if (messages_[q].value && value_phase_ < 0) value_phase_ = int(q);
    for (int parity = 0; parity < 2; ++parity) {
      planes_[q].slots[parity] = Array<std::byte>((messages_[q].sparse ? edges : count_) * slot_size(q));
      if (!messages_[q].sparse) continue;
      planes_[q].stamp[parity] = Array<std::uint32_t>(edges);
      planes_[q].mailed[parity] = Array<std::uint32_t>(count_);
    }
  }
  for (int parity = 0; parity < 2; ++parity) {
    heard_[parity].assign(count_, 0);
    seen_[parity].assign(edges, 0);
  }
  for (ComputationId i = 0; i < count_; ++i)
    if (is_mine(part_of_[i])) mine_.push_back(i);
  // Rows are kept for all, as one computation may be ticks ahead of the next.
  const std::size_t cell = costs.tables().single ? sizeof(float) : sizeof(double);
  rows_ = Array<std::byte>(costs.row_cells() * cell);
  bests_ = Array<Best>(count_);
  if (population_->owns_costs()) own_.emplace(costs);
  counts_checks_ = own_ || value_phase_ < 0;
  for (const MessageInfo& message : messages_) counts_checks_ |= message.sparse;
  done_ = Array<std::uint8_t>(count_);
  if (value_phase_ >= 0) told_ = Array<std::uint32_t>(edges);
  initial_ = Array<std::int32_t>(count_);
  for (VariableId v = 0; v < count_; ++v) initial_[v] = problem.initial_value(v);
}

Frame Partition::frame(std::uint32_t tick) {
  const kernel::LocalTables& tables = costs_.tables();
  const std::uint32_t now = tick & 1, next = now ^ 1;
  Frame f;
  f.first = costs_.first();
  f.neighbours = costs_.neighbours();
  f.back = costs_.back();
  f.domain = tables.domain;
  f.domains = tables.domains;
  f.initial = initial_.data();
  f.lowest = costs_.lowest();
  f.reach = costs_.reach();
  f.rows = rows_.data();
  f.single = tables.single;
  f.stride = tables.stride;
  f.row_first = tables.row_first;
  f.best = bests_.data();
  f.cycle = tick / phases_;
  f.tick = tick + 1;
  f.salt = mix(mix(seed_) ^ f.tick);
  f.value_bytes = costs_.value_bytes();
  f.truth = own_ ? &own_->truth() : &tables;
  f.believed = own_ ? &own_->believed() : nullptr;
  f.extremes = own_ ? own_->extremes() : nullptr;
  f.value_phase = value_phase_ < 0 ? 0 : std::uint32_t(value_phase_);
  f.heard = told_.data();
  f.finished = done_.data();
  const std::uint32_t reads = tick % phases_;
  for (std::uint32_t q = 0; q < phases_; ++q) {
    f.slot[q] = std::uint32_t(slot_size(q));
    f.in[q] = planes_[q].slots[now].data();
    f.out[q] = planes_[q].slots[next].data();
    // A sparse message is stamped where it will be read, and read where it was stamped.
    const std::uint32_t side = q == reads ? now : next;
    f.stamp[q] = planes_[q].stamp[side].data();
    f.mailed[q] = planes_[q].mailed[side].data();
  }
  if (watch_) look(f);
  return f;
}

/// Lets the watch see what steps do.
void Partition::look(Frame& f) {
  f.activity = &activity_;
  if (counts_checks_) f.most_checks = &checks_;
  f.host = watch_->host;
  f.sent = watch_->sent;
  f.kinds = watch_->kinds;
  // What a message is new against: the last of its phase, which lies where this one will if the number of phases is
  // even.
  const std::uint32_t written = f.tick % phases_;
  if (phases_ % 2 == 0) f.in[written] = f.out[written];
}

void Partition::start(std::span<const ComputationId> computations) {
  for (const ComputationId i : computations) {
    Frame f = frame(0);
    f.salt = mix(seed_ ^ start_salt);
    f.out[0] = planes_[0].slots[0].data();
    population_->start(f, i, i + 1);
    if (watch_) tell_watch(i, at_start);
  }
  for (const ComputationId i : computations) {
    speak(i, 0);
    if (costs_.first()[i] == costs_.first()[i + 1]) ready_.push_back(i);  // nobody to wait for
  }
  if (last_tick_ == 0) finished_ += computations.size();
  run_ready();
  flush();
}

void Partition::resume(ComputationId computation) {
  ready_.push_back(computation);
  run_ready();
  flush();
}

void Partition::hear(ComputationId to, std::uint32_t tick) {
  const std::uint32_t degree = costs_.first()[to + 1] - costs_.first()[to];
  if (++heard_[tick & 1][to] == degree && at_[to] == tick) ready_.push_back(to);
}

/// Moves what computation `from` said for `tick`: nothing to do where the neighbour lives here, bytes where it does
/// not.
void Partition::speak(ComputationId from, std::uint32_t tick) {
  const std::uint32_t kind = tick % phases_, side = tick & 1;
  const std::size_t size = slot_size(kind);
  const Plane& plane = planes_[kind];
  for (std::uint32_t e = costs_.first()[from]; e < costs_.first()[from + 1]; ++e) {
    const ComputationId to = costs_.neighbours()[e];
    if (part_of_[to] == part_of_[from]) {
      hear(to, tick);
      continue;
    }
    const std::uint32_t edge = costs_.back()[e];
    // "Nothing for you" is said too: that keeps the barrier local.
    const bool present = !messages_[kind].sparse || plane.stamp[side][edge] == tick + 1;
    const Header header{tick, edge, std::uint16_t(present ? size : 0), present, 0};
    const std::byte* const slot = plane.slots[side].data() + std::size_t(messages_[kind].sparse ? edge : from) * size;
    std::vector<std::byte>& box = outbox_[part_of_[to]];
    if (box.empty()) filled_.push_back(part_of_[to]);
    const auto* bytes = reinterpret_cast<const std::byte*>(&header);
    box.insert(box.end(), bytes, bytes + sizeof header);
    if (present) box.insert(box.end(), slot, slot + size);
  }
}

/// Keeps what the neighbours of `i` told: they may be in their next cycle before `i` has ended this one.
void Partition::remember(ComputationId i, const std::byte* plane) {
  const std::uint32_t width = costs_.value_bytes();
  for (std::uint32_t e = costs_.first()[i]; e < costs_.first()[i + 1]; ++e) {
    std::uint32_t value = 0;
    std::memcpy(&value, plane + std::size_t(costs_.neighbours()[e]) * width, width);
    told_[e] = value;
  }
}

void Partition::run_ready() {
  while (!ready_.empty()) {
    const ComputationId i = ready_.back();
    ready_.pop_back();
    const std::uint32_t tick = at_[i];
    if (tick >= last_tick_) continue;
    if (tick >= limit_) {
      waiting_.push_back(i);
      continue;
    }
    run(i, tick);
    heard_[tick & 1][i] = 0;
    at_[i] = tick + 1;
    speak(i, tick + 1);
    if (tick + 1 == last_tick_) {
      ++finished_;
    } else if (heard_[(tick + 1) & 1][i] == costs_.first()[i + 1] - costs_.first()[i]) {
      ready_.push_back(i);
    }
  }
}

/// One step.
void Partition::run(ComputationId i, std::uint32_t tick) {
  const std::uint32_t phase = tick % phases_;
  activity_ = {};
  checks_ = 0;
  if (int(phase) == value_phase_) {
    const std::size_t cell = costs_.tables().single ? sizeof(float) : sizeof(double);
    kernel::DoubledCost unused;
    remember(i, planes_[phase].slots[tick & 1].data());
    if (own_) population_->learn(frame(tick), i, i + 1);
    kernels_.gather(own_ ? own_->believed() : costs_.tables(), planes_[phase].slots[tick & 1].data(), i, i + 1,
                    rows_.data() + costs_.row_offset(i) * cell, reinterpret_cast<kernel::RowBest*>(&bests_[i]),
                    &unused);
  }
  population_->step(frame(tick), phase, i, i + 1);
  if (watch_) tell_watch(i, tick);
}

void Partition::tell_watch(ComputationId i, std::uint32_t tick) {
  const std::uint32_t next = tick + 1;  // 0 after the start
  Step step{i, tick, activity_.active, checks_, nullptr, no_value, done_[i] != 0};
  if (int(next % phases_) == value_phase_)
    step.value = planes_[std::size_t(value_phase_)].slots[next & 1].data() + std::size_t(i) * costs_.value_bytes();
  if (value_phase_ < 0 && next % phases_ == 0) {
    decided_.resize(count_);
    population_->decisions(i, i + 1, decided_.data());
    step.decision = decided_[i];
  }
  watch_->stepped(step);
}

std::uint32_t Partition::first_tick(std::span<const std::byte> batch) {
  Header header;
  std::memcpy(&header, batch.data(), sizeof header);
  return header.tick;
}

void Partition::flush() {
  for (const std::uint32_t part : std::exchange(filled_, {})) {
    send_(part, outbox_[part]);
    outbox_[part].clear();
  }
}

void Partition::accept(const Header& header, std::span<const std::byte> body) {
  const ComputationId to = costs_.neighbours()[costs_.back()[header.edge]];
  // One computation ahead at most; what is older is a duplicate.
  if (header.tick < at_[to] || seen_[header.tick & 1][header.edge] > header.tick) return;
  seen_[header.tick & 1][header.edge] = header.tick + 1;
  const std::uint32_t kind = header.tick % phases_, side = header.tick & 1;
  if (header.present) {
    Plane& plane = planes_[kind];
    const bool sparse = messages_[kind].sparse;
    const std::size_t slot = sparse ? header.edge : costs_.neighbours()[header.edge];
    std::memcpy(plane.slots[side].data() + slot * body.size(), body.data(), body.size());
    if (sparse) {
      plane.stamp[side][header.edge] = header.tick + 1;
      plane.mailed[side][to] = header.tick + 1;
    }
  }
  hear(to, header.tick);
}

void Partition::deliver(std::span<const std::byte> batch) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorCode::bad_input, "message batch: " + what + "; it comes from another run or was damaged");
  };
  const std::size_t edges = costs_.first()[count_];
  Frame ground;
  ground.first = costs_.first();
  ground.neighbours = costs_.neighbours();
  ground.problem = &problem_;
  while (!batch.empty()) {
    Header header;
    if (batch.size() < sizeof header) refuse("it ends inside a header");
    std::memcpy(&header, batch.data(), sizeof header);
    batch = batch.subspan(sizeof header);
    if (header.edge >= edges) refuse(fmt::format("edge {} of {}", header.edge, edges));
    if (header.tick > last_tick_) refuse(fmt::format("tick {} of {}", header.tick, last_tick_));
    const ComputationId from = costs_.neighbours()[header.edge];
    const ComputationId to = costs_.neighbours()[costs_.back()[header.edge]];
    if (!is_mine(part_of_[to]) || part_of_[from] == part_of_[to]) refuse("it is not for this part");
    if (header.tick > at_[to] + 1) refuse(fmt::format("tick {} while its receiver waits for {}", header.tick, at_[to]));
    const MessageInfo& info = messages_[header.tick % phases_];
    const std::size_t size = header.present ? slot_size(header.tick % phases_) : 0;
    if (header.size != size || header.present > 1 || (!header.present && !info.sparse) || batch.size() < size)
      refuse(fmt::format("a body of {} bytes where {} were expected", header.size, size));
    if (info.value && value_out_of_domain(from, batch.first(size))) refuse("a value outside its domain");
    if (header.present && !info.value && !population_->fits(ground, header.tick % phases_, from, to, batch.first(size)))
      refuse(fmt::format("a message {} that its sender could not send there", info.name));
    accept(header, batch.first(size));
    batch = batch.subspan(size);
  }
  run_ready();
  flush();
}

bool Partition::value_out_of_domain(ComputationId from, std::span<const std::byte> body) const {
  std::uint32_t value = 0;
  std::memcpy(&value, body.data(), body.size());
  return value >= costs_.tables().domains[from];
}

void Partition::decisions(std::span<ValueIndex> values) const {
  for (const ComputationId i : mine_) population_->decisions(i, i + 1, values.data());
}

}  // namespace entente::runtime
