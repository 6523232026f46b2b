// SPDX-License-Identifier: MIT
#include "entente/participants/cycle_participant.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <utility>

#include "entente/base/error.hpp"
#include "entente/carriers/wire.hpp"
#include "entente/participants/push_sum.hpp"
#include "kernel/consensus/combine.hpp"
#include "participants/consensus/census.hpp"

namespace entente {

AveragingConsensusMessage create_averaging_consensus_start(std::vector<double> lam, std::vector<double> data) {
  // Later starts are later runs; nothing but that order depends on the number.
  static std::atomic<std::uint64_t> runs{0};
  AveragingConsensusMessage message;
  message.lam = std::move(lam);
  message.data = std::move(data);
  message.initial = true;
  message.run = ++runs;
  return message;
}

AveragingConsensusMessage create_averaging_consensus_start(double lam, std::vector<double> data) {
  return create_averaging_consensus_start(std::vector<double>{lam}, std::move(data));
}

CycleParticipant::CycleParticipant(Limits limits)
    : limits_(std::move(limits)), census_(std::make_unique<participants::Census>()) {
  const auto wrong = [](const std::string& text) { throw Error(ErrorCode::wrong_use, text); };
  if (limits_.initial.empty()) wrong("initial: no number; expected one for all steps, or one for each");
  for (const double number : limits_.initial)
    if (!std::isfinite(number)) throw Error(ErrorCode::bad_input, "initial: a number is not finite");
  if (!(limits_.tolerance >= 0)) wrong("tolerance: it is below 0 or not a number");
  if (!is_symmetric(limits_.weights) || limits_.weights == WeightRule::uniform)
    wrong(
        "weights: participants know their neighbours' degrees only, and must agree on the weight of a link; use "
        "metropolis, hastings or mean_metropolis");
}

CycleParticipant::~CycleParticipant() = default;

std::uint32_t CycleParticipant::participants() const { return census_->total(); }
bool CycleParticipant::counted() const { return census_->known(k_); }
double CycleParticipant::largest_curvature() const { return census_->curvature(); }
std::uint32_t CycleParticipant::diameter() const { return census_->diameter(); }

void CycleParticipant::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  if (content.holds<ConsensusFinishedMessage>()) return;  // for people and coordinators
  const auto& message = content.as<AveragingConsensusMessage>();
  if (message.run < run_ || (message.run == run_ && finished_)) return;
  if (message.run > run_ || lam_.empty()) start(carrier, message);
  if (!message.initial) store(message, content, meta);
  while (!finished_ && filled_[k_ % 2] == neighbours_.size()) run_cycle(carrier);
}

void CycleParticipant::start(Carrier& carrier, const AveragingConsensusMessage& message) {
  if (waiting_on_ == &carrier) carrier.cancel(wait_);
  run_ = message.run;
  k_ = 0;
  finished_ = converged_ = false;
  data_ = message.data;
  neighbours_.clear();
  for (const Address other : carrier.others()) neighbours_.push_back(other.number);
  for (std::vector<Heard>& slots : slots_) slots.assign(neighbours_.size(), {});
  filled_ = {};
  said_.clear();
  *census_ = participants::Census(carrier.address().number, neighbours_, curvature());
  lam_ = as_wide(limits_.initial, "initial", std::max({message.lam.size(), data_.size(), limits_.initial.size()}));
  std::vector<double> first = begin();
  waiting_on_ = &carrier;
  wait_ = carrier.expect("the numbers of its neighbours, of which the network has lost or replaced some",
                         [](std::exception_ptr why) { std::rethrow_exception(std::move(why)); });
  if (limits_.max_iter == 0)
    end(carrier, false);
  else
    say(carrier, std::move(first));
}

std::vector<double> CycleParticipant::as_wide(std::vector<double> numbers, const std::string& what) const {
  return as_wide(std::move(numbers), what, lam_.size());
}

std::vector<double> CycleParticipant::as_wide(std::vector<double> numbers, const std::string& what, std::size_t width) {
  if (numbers.size() == width) return numbers;
  if (numbers.size() == 1) return std::vector<double>(width, numbers[0]);
  throw Error(ErrorCode::bad_input, what + ": " + std::to_string(numbers.size()) + " numbers; expected " +
                                        std::to_string(width) +
                                        ", as the run is about vectors of that length, or one "
                                        "for all");
}

void CycleParticipant::store(const AveragingConsensusMessage& message, const Content& content, const Meta& meta) {
  const auto at = std::lower_bound(neighbours_.begin(), neighbours_.end(), meta.sender.number);
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::bad_input, "participant " + std::to_string(meta.sender.number) + " " + what);
  };
  if (at == neighbours_.end() || *at != meta.sender.number)
    refuse("averages with one who does not hear it; links of averaging and diffusion go both ways");
  if (message.k < k_) return;  // a duplicate
  if (message.k > k_ + 1)
    refuse("is in cycle " + std::to_string(message.k) + " while its neighbour is in " + std::to_string(k_));
  if (message.lam.size() != lam_.size())
    refuse("says " + std::to_string(message.lam.size()) + " numbers; expected " + std::to_string(lam_.size()) +
           ": all have as many, or one");
  const auto place = std::size_t(at - neighbours_.begin());
  keep(message.k, place, {content, false});
  if (message.k == k_ || message.lam_before.empty()) return;
  if (message.lam_before.size() != lam_.size()) refuse("says another number of numbers than before");
  keep(k_, place, {content, true});
}

void CycleParticipant::keep(std::uint64_t k, std::size_t neighbour, Heard heard) {
  Heard& slot = slots_[k % 2][neighbour];
  if (!slot.message.empty()) return;
  slot = std::move(heard);
  ++filled_[k % 2];
}

const std::vector<double>& CycleParticipant::Heard::lam() const {
  const auto& said = *message.get<AveragingConsensusMessage>();
  return before ? said.lam_before : said.lam;
}
const ConsensusCensus& CycleParticipant::Heard::census() const {
  const auto& said = *message.get<AveragingConsensusMessage>();
  return before ? said.census_before : said.census;
}
std::uint32_t CycleParticipant::Heard::degree() const { return message.get<AveragingConsensusMessage>()->degree; }

std::vector<double> CycleParticipant::combined(double factor) const {
  const std::size_t count = neighbours_.size();
  std::vector<const double*> rows(count);
  std::vector<double> weights(count), result(said_.size());
  for (std::size_t j = 0; j < count; ++j) {
    rows[j] = heard(j).lam().data();
    weights[j] = factor * link_weight(limits_.weights, static_cast<std::uint32_t>(count), heard(j).degree());
  }
  kernel::combine_row(rows, weights, said_.data(), result.data(), said_.size());
  return result;
}

double CycleParticipant::distance(bool relative) const {
  double most = 0;
  for (std::size_t j = 0; j < neighbours_.size(); ++j)
    for (std::size_t t = 0; t < said_.size(); ++t)
      most = kernel::larger(most, (heard(j).lam()[t] - said_[t]) / (relative ? 1 + std::abs(said_[t]) : 1));
  return most;
}

void CycleParticipant::run_cycle(Carrier& carrier) {
  std::vector<const ConsensusCensus*> words(neighbours_.size());
  for (std::size_t j = 0; j < words.size(); ++j) words[j] = &heard(j).census();
  census_->hear(k_, words);
  std::vector<double> next = step();
  const bool agreed = census_->agreed(k_, disagreement_, 1, words);
  slots_[k_ % 2].assign(neighbours_.size(), {});
  filled_[k_ % 2] = 0;
  ++k_;
  if (agreed || k_ >= limits_.max_iter)
    end(carrier, agreed);
  else
    say(carrier, std::move(next));
}

void CycleParticipant::say(Carrier& carrier, std::vector<double> numbers) {
  said_before_ = std::exchange(said_, std::move(numbers));
  AveragingConsensusMessage message;
  message.lam = said_;
  message.k = k_;
  if (k_ <= 1) message.data = data_;
  message.run = run_;
  message.degree = static_cast<std::uint32_t>(neighbours_.size());
  message.census = census_->word();
  message.lam_before = said_before_;
  message.census_before = std::exchange(census_before_, message.census);
  const Content content(std::move(message));
  for (const std::uint32_t neighbour : neighbours_) carrier.send(Address{neighbour}, content);
}

void CycleParticipant::end(Carrier& carrier, bool converged) {
  finished_ = true;
  converged_ = converged;
  carrier.cancel(wait_);
  waiting_on_ = nullptr;
  for (std::vector<Heard>& slots : slots_) slots.clear();
  finish(carrier);
  if (limits_.report_to)
    carrier.send(*limits_.report_to, ConsensusFinishedMessage{lam_, k_, consensus_actor(), converged_});
}

void add_consensus_messages(ContentTypes& types) {
  types.add<AveragingConsensusMessage>().add<PushSumMessage>().add<PushSumStart>();
}

}  // namespace entente
