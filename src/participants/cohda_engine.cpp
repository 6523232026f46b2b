// SPDX-License-Identifier: MIT
// What COHDA's agents do: perceive, decide, act.
#include "participants/cohda_engine.hpp"

#include <algorithm>
#include <utility>

#include "entente/base/error.hpp"

namespace entente {
namespace {

using kernel::no_schedule;

constexpr std::size_t difference_bytes = std::size_t(4) << 20;  // of the rows kept; about what a core's cache holds
constexpr std::uint64_t header_bytes = 16;                      // of a message: sender, number, how many changes
constexpr std::uint64_t change_bytes = 12;                      // agent, counter, index
constexpr std::uint64_t candidate_bytes = 16;                   // creator, performance, how many entries
constexpr std::uint64_t entry_bytes = 8;                        // agent, index
constexpr std::size_t most_under_way = std::size_t(1) << 25;    // messages; 1 GiB
constexpr std::uint64_t look_up_every = 256;                    // steps between two looks at the clock

/// Whether one of two candidates for the same agents prevails over the other.
bool prevails(const CohdaCandidate& a, const CohdaCandidate& b) {
  return a.distance < b.distance || (a.distance == b.distance && a.creator < b.creator);
}

}  // namespace

void CohdaEngine::Queue::push(const Message& message) {
  if (size_ == items_.size()) {
    if (size_ >= most_under_way)
      throw Error(ErrorCode::too_large,
                  "more than 2^25 messages are under way: choose the delivery `latest`, or links instead of a complete "
                  "graph");
    std::vector<Message> larger(2 * size_);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = items_[(first_ + i) & (size_ - 1)];
    items_ = std::move(larger);
    first_ = 0;
  }
  items_[(first_ + size_++) & (items_.size() - 1)] = message;
}

CohdaEngine::Message CohdaEngine::Queue::pop() {
  const Message message = items_[first_];
  first_ = (first_ + 1) & (items_.size() - 1);
  --size_;
  return message;
}

CohdaEngine::CohdaEngine(const kernel::ScheduleTable& table, const CohdaLinks& links, CohdaDelivery delivery,
                         bool batch)
    : table_(table),
      kernels_(kernel::schedule_kernels()),
      links_(links),
      delivery_(delivery),
      batch_(batch && delivery == CohdaDelivery::latest),
      n_(table.agents()),
      stride_(table.stride()),
      agents_(n_),
      selections_(std::size_t(n_) * n_),
      residuals_(std::size_t(n_) * stride_),
      read_(links.neighbours.size()),
      waiting_(delivery == CohdaDelivery::latest ? links.neighbours.size() : 0),
      queued_(batch_ ? n_ : 0),
      base_(stride_),
      scratch_(table.scratch()) {
  while ((table.most_schedules() - 1) >> choice_bits_) ++choice_bits_;
  choice_mask_ = (std::uint32_t(1) << choice_bits_) - 1;
  longest_log_ = delivery == CohdaDelivery::snapshots ? ~std::size_t{0} : std::max<std::size_t>(256, n_ / 8);
  std::uint32_t rows = 64;
  while (rows < 16 * n_ && std::size_t(2) * rows * stride_ * sizeof(double) <= difference_bytes) rows *= 2;
  differences_ = Array<double>(std::size_t(rows) * stride_);
  difference_of_.assign(rows, {no_schedule, 0, 0});
  difference_place_.assign(n_, 0);
}

std::uint32_t CohdaEngine::selection(std::uint32_t agent, std::uint32_t of) const {
  const Selection selection = known(agent)[of];
  return selection ? choice_of(selection) : no_schedule;
}

std::uint32_t CohdaEngine::counter(std::uint32_t agent, std::uint32_t of) const {
  return known(agent)[of] >> choice_bits_;
}

void CohdaEngine::start(std::uint32_t agent) {
  ++counts_.messages;
  if (batch_) {
    if (queued_[agent]) return;
    queued_[agent] = 1;
  }
  queue_.push({no_end, agent, 0, nullptr});
}

bool CohdaEngine::run(const StopSignal& stop, const std::function<void()>& progress) {
  for (std::uint64_t steps = 1; step(); ++steps) {
    if (steps % look_up_every != 0) continue;
    if (stop.raised()) return false;
    progress();
  }
  return true;
}

bool CohdaEngine::step() {
  if (queue_.empty()) return false;
  const Message message = queue_.pop();
  const std::uint32_t agent = message.receiver;
  const bool first_time = agents_[agent].candidate == nullptr;
  if (first_time) wake(agent);
  bool changed = first_time;
  if (batch_) {
    queued_[agent] = 0;
    for (std::uint64_t end = links_.first[agent]; end < links_.first[agent + std::size_t(1)]; ++end) {
      if (!waiting_[end]) continue;
      waiting_[end] = 0;
      const Agent& sender = agents_[links_.neighbours[end]];
      changed |= perceive(agent, end, sender.log_begin + sender.log.size(), sender.candidate);
    }
  } else if (message.end == no_end) {
    ++counts_.perceived;
  } else if (delivery_ == CohdaDelivery::snapshots) {
    changed |= perceive(agent, message.end, message.log_end, message.candidate);
    release(message.candidate);
  } else {
    if (delivery_ == CohdaDelivery::latest) waiting_[message.end] = 0;
    const Agent& sender = agents_[links_.neighbours[message.end]];
    changed |= perceive(agent, message.end, sender.log_begin + sender.log.size(), sender.candidate);
  }
  if (!changed) return true;
  decide(agent);
  act(agent);
  return true;
}

/// The agent hears of the target for the first time: it begins with its first schedule.
void CohdaEngine::wake(std::uint32_t agent) {
  std::copy_n(table_.target(), stride_, residual(agent));
  kernels_.subtract(residual(agent), table_.row(agent, 0), stride_);
  known(agent)[agent] = Selection(1) << choice_bits_;
  agents_[agent].known = 1;
  agents_[agent].log.push_back({agent, known(agent)[agent]});
  CohdaCandidate* const own = make_candidate();
  std::fill(own->choice.begin(), own->choice.end(), no_schedule);
  own->choice[agent] = 0;
  std::copy_n(residual(agent), stride_, own->residual.data());
  own->distance = kernels_.distance(own->residual.data(), table_.weights(), stride_);
  own->creator = agent;
  own->present = own->changes = 1;
  hold(agent, own);
  note_if_best(own);
}

bool CohdaEngine::perceive(std::uint32_t receiver, std::uint64_t end, std::uint64_t log_end, CohdaCandidate* theirs) {
  ++counts_.perceived;
  counts_.bytes += header_bytes;
  bool changed = read_[end] != log_end && read(receiver, end, log_end);
  if (theirs != agents_[receiver].candidate) changed |= merge(receiver, theirs);
  return changed;
}

bool CohdaEngine::read(std::uint32_t receiver, std::uint64_t end, std::uint64_t log_end) {
  const Agent& sender = agents_[links_.neighbours[end]];
  const std::uint64_t from = std::exchange(read_[end], log_end);
  Agent& agent = agents_[receiver];
  const std::uint64_t before = agent.log_begin + agent.log.size();
  more_.clear();
  less_.clear();
  if (from < sender.log_begin)
    read_all(receiver, links_.neighbours[end]);
  else
    read_log(receiver, sender.log.data() + (from - sender.log_begin), sender.log.data() + (log_end - sender.log_begin));
  counts_.bytes += change_bytes * (log_end - from);
  if (!more_.empty() || !less_.empty())
    kernels_.apply(residual(receiver), more_.data(), more_.size(), less_.data(), less_.size(), stride_);
  return agent.log_begin + agent.log.size() != before;
}

void CohdaEngine::read_log(std::uint32_t receiver, const Change* change, const Change* last) {
  const Selection* const ours = known(receiver);
  constexpr std::ptrdiff_t ahead = 16;
  if (fresh_.size() < std::size_t(last - change)) fresh_.resize(std::size_t(last - change));
  // Most is no news, and which is cannot be foreseen: so no branch on it.
  std::size_t count = 0;
  for (const Change* c = change; c != last; ++c) {
    __builtin_prefetch(ours + c[last - c > ahead ? ahead : 0].agent, 1);
    fresh_[count] = std::uint32_t(c - change);
    count += std::size_t(c->selection > ours[c->agent]);
  }
  for (std::size_t k = 0; k < count; ++k) take(receiver, change[fresh_[k]].agent, change[fresh_[k]].selection);
}

void CohdaEngine::read_all(std::uint32_t receiver, std::uint32_t sender) {
  const Selection* const ours = known(receiver);
  const Selection* const theirs = known(sender);
  if (fresh_.size() < n_) fresh_.resize(n_);
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < n_; ++i) {
    fresh_[count] = i;
    count += std::size_t(theirs[i] > ours[i]);
  }
  for (std::size_t k = 0; k < count; ++k) take(receiver, fresh_[k], theirs[fresh_[k]]);
}

/// Somebody's selection is newer than what the receiver had heard of it.
void CohdaEngine::take(std::uint32_t receiver, std::uint32_t of, Selection selection) {
  Agent& agent = agents_[receiver];
  const Selection former = std::exchange(known(receiver)[of], selection);
  agent.log.push_back({of, selection});
  if (former == 0) {
    ++agent.known;
    less_.push_back(table_.row(of, choice_of(selection)));
  } else if (choice_of(former) != choice_of(selection)) {
    const std::uint32_t place = difference_place_[of];
    const Difference& latest = difference_of_[place];
    if (latest.agent == of && latest.next == selection && latest.former == former) {
      less_.push_back(differences_.data() + place * std::size_t(stride_));
    } else {
      more_.push_back(table_.row(of, choice_of(former)));
      less_.push_back(table_.row(of, choice_of(selection)));
    }
  }
}

bool CohdaEngine::merge(std::uint32_t receiver, CohdaCandidate* theirs) {
  const CohdaCandidate& ours = *agents_[receiver].candidate;
  counts_.bytes += candidate_bytes + entry_bytes * theirs->changes;
  if (ours.present == n_ && theirs->present == n_) {
    if (!prevails(*theirs, ours)) return false;
    hold(receiver, theirs);
    return true;
  }
  std::uint32_t only_ours = 0, only_theirs = 0;
  const std::uint32_t* const a = ours.choice.data();
  const std::uint32_t* const b = theirs->choice.data();
  for (std::uint32_t i = 0; i < n_; ++i) {
    only_ours += std::uint32_t(a[i] != no_schedule) & std::uint32_t(b[i] == no_schedule);
    only_theirs += std::uint32_t(a[i] == no_schedule) & std::uint32_t(b[i] != no_schedule);
  }
  if (only_theirs == 0) {
    if (only_ours != 0 || !prevails(*theirs, ours)) return false;
    hold(receiver, theirs);
  } else if (only_ours == 0) {
    hold(receiver, theirs);
  } else {
    unite(receiver, *theirs);
  }
  return true;
}

/// Ours, and of theirs those agents that ours lacks.
void CohdaEngine::unite(std::uint32_t receiver, const CohdaCandidate& theirs) {
  CohdaCandidate* both = agents_[receiver].candidate;
  if (both->users > 1) {  // others see it
    const CohdaCandidate& ours = *both;
    both = make_candidate();
    both->choice = ours.choice;
    std::copy_n(ours.residual.data(), stride_, both->residual.data());
    both->present = ours.present;
    hold(receiver, both);
  }
  less_.clear();
  std::uint32_t* const choice = both->choice.data();
  for (std::uint32_t i = 0; i < n_; ++i) {
    if (choice[i] != no_schedule || theirs.choice[i] == no_schedule) continue;
    choice[i] = theirs.choice[i];
    less_.push_back(table_.row(i, choice[i]));
  }
  kernels_.apply(both->residual.data(), nullptr, 0, less_.data(), less_.size(), stride_);
  both->distance = kernels_.distance(both->residual.data(), table_.weights(), stride_);
  both->creator = receiver;
  both->changes = std::uint32_t(less_.size());
  both->present += both->changes;
  note_if_best(both);
}

/// The best reply to what the agent has heard of the others, if that beats the candidate; else what the candidate says.
void CohdaEngine::decide(std::uint32_t agent) {
  ++counts_.decides;
  const std::uint32_t own = choice_of(known(agent)[agent]);
  std::copy_n(residual(agent), stride_, base_.data());
  const double* const own_row = table_.row(agent, own);
  kernels_.apply(base_.data(), &own_row, 1, nullptr, 0, stride_);
  const CohdaCandidate& held = *agents_[agent].candidate;
  const kernel::Nearest best = kernels_.nearest(table_.rows(agent), base_.data(), held.distance, scratch_.data());
  if (best.index == no_schedule) {
    if (held.choice[agent] != own) select(agent, held.choice[agent], base_.data());
    return;
  }
  if (best.index != own) select(agent, best.index, base_.data());
  CohdaCandidate* const better = make_candidate();
  const Selection* const heard = known(agent);
  std::uint32_t changes = 0;
  for (std::uint32_t i = 0; i < n_; ++i) {
    better->choice[i] = heard[i] ? choice_of(heard[i]) : no_schedule;
    changes += std::uint32_t(better->choice[i] != held.choice[i]);
  }
  std::copy_n(residual(agent), stride_, better->residual.data());
  better->distance = best.distance;
  better->creator = agent;
  better->present = agents_[agent].known;
  better->changes = changes;
  hold(agent, better);
  note_if_best(better);
}

/// The agent changes its own selection. `base`: what is left of the target without it.
void CohdaEngine::select(std::uint32_t agent, std::uint32_t choice, const double* base) {
  Selection& own = known(agent)[agent];
  const Selection former = own;
  if ((former >> choice_bits_) + 1 > (~Selection{0} >> choice_bits_))
    throw Error(ErrorCode::too_large, "an agent changed its selection more often than a counter of 32 bits can tell");
  own = (((former >> choice_bits_) + 1) << choice_bits_) | choice;
  agents_[agent].log.push_back({agent, own});

  const double* const next = table_.row(agent, choice);
  const std::uint32_t place = next_difference_++ & std::uint32_t(difference_of_.size() - 1);
  difference_of_[place] = {agent, former, own};
  difference_place_[agent] = place;
  double* const difference = differences_.data() + place * std::size_t(stride_);
  std::copy_n(next, stride_, difference);
  kernels_.subtract(difference, table_.row(agent, choice_of(former)), stride_);
  std::copy_n(base, stride_, residual(agent));
  kernels_.subtract(residual(agent), next, stride_);
}

void CohdaEngine::act(std::uint32_t sender) {
  const Agent& agent = agents_[sender];
  const std::uint64_t log_end = agent.log_begin + agent.log.size();
  for (std::uint64_t end = links_.first[sender]; end < links_.first[sender + std::size_t(1)]; ++end) {
    ++counts_.messages;
    const std::uint32_t receiver = links_.neighbours[end];
    const std::uint64_t there = links_.other_end[end];
    if (delivery_ == CohdaDelivery::snapshots) {
      ++agent.candidate->users;
      queue_.push({there, receiver, log_end, agent.candidate});
      continue;
    }
    if (delivery_ == CohdaDelivery::latest) {
      if (waiting_[there]) continue;
      waiting_[there] = 1;
      if (batch_) {
        if (queued_[receiver]) continue;
        queued_[receiver] = 1;
      }
    }
    queue_.push({there, receiver, 0, nullptr});
  }
  if (agent.log.size() >= agent.trim_at) trim(sender);
}

/// Forgets what all neighbours have read, and what is too old.
void CohdaEngine::trim(std::uint32_t sender) {
  Agent& agent = agents_[sender];
  std::uint64_t read = agent.log_begin + agent.log.size();
  for (std::uint64_t end = links_.first[sender]; end < links_.first[sender + std::size_t(1)]; ++end)
    read = std::min(read, read_[links_.other_end[end]]);
  read = std::max(read, agent.log_begin);  // some may not have read what is forgotten already
  const std::uint64_t size = agent.log.size();
  if (size > longest_log_) read = std::max(read, agent.log_begin + size - longest_log_ / 2);
  agent.log.erase(agent.log.begin(), agent.log.begin() + std::ptrdiff_t(read - agent.log_begin));
  agent.log_begin = read;
  agent.trim_at = std::min(std::max<std::size_t>(64, 2 * agent.log.size()), longest_log_);
  if (agent.log.capacity() > 2 * longest_log_) agent.log.shrink_to_fit();
}

CohdaCandidate* CohdaEngine::make_candidate() {
  if (free_.empty()) {
    pool_.push_back(std::make_unique<CohdaCandidate>());
    free_.push_back(pool_.back().get());
    free_.back()->choice.resize(n_);
    free_.back()->residual = Array<double>(stride_);
  }
  CohdaCandidate* const candidate = free_.back();
  free_.pop_back();
  return candidate;
}

void CohdaEngine::hold(std::uint32_t agent, CohdaCandidate* candidate) {
  ++candidate->users;
  CohdaCandidate* const former = std::exchange(agents_[agent].candidate, candidate);
  if (former) release(former);
}

void CohdaEngine::release(CohdaCandidate* candidate) {
  if (--candidate->users == 0) free_.push_back(candidate);
}

void CohdaEngine::note_if_best(CohdaCandidate* candidate) {
  if (candidate->present != n_ || (best_ && !prevails(*candidate, *best_))) return;
  ++candidate->users;
  if (best_) release(best_);
  best_ = candidate;
}

}  // namespace entente
