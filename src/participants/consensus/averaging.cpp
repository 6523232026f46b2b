// SPDX-License-Identifier: MIT
#include "entente/participants/averaging.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "entente/base/error.hpp"
#include "kernel/consensus/combine.hpp"
#include "participants/consensus/parts.hpp"

namespace entente {

/// DRO's state machine, which counts the start message as a neighbour's and goes on with what it has.
class AveragingConsensusAlgorithm::AsInDro {
 public:
  explicit AsInDro(AveragingConsensusAlgorithm& me) : me_(me) {}

  void take(Carrier& carrier, const AveragingConsensusMessage& message) {
    if (message.k >= me_.options_.max_iter) {
      if (first_) return;
      first_ = true;
      queue_.clear();
      me_.finished_ = true;
      me_.finish_callback_(me_, carrier);
      return;
    }
    if (first_ && started_ && !message.initial) return;
    if (first_ || message.initial) {
      first_ = false;
      started_ = true;
      me_.finished_ = false;
      me_.k_ = 0;
      me_.lam_.assign(std::max({message.lam.size(), message.data.size(), me_.options_.initial.size()}), 0);
      me_.lam_ = me_.as_wide(me_.options_.initial, "initial");
      participants::tell_as_in_dro(carrier, me_.lam_, me_.k_, message.data);
    }
    auto& heard = queue_[message.k];
    heard.push_back(me_.as_wide(message.lam, "lam"));
    if (heard.size() != carrier.others().size() && me_.k_ >= message.k) return;
    std::vector<double> next(me_.lam_);
    const std::vector<double> pull = me_.as_wide(
        me_.actor_ ? me_.actor_->gradient_term(me_.lam_, message.data) : std::vector<double>{0}, "gradient term");
    for (std::size_t t = 0; t < next.size(); ++t) {
      double mean = 0;
      for (const std::vector<double>& theirs : heard) mean += theirs[t];
      mean /= double(heard.size());
      next[t] += me_.options_.alpha * (mean - next[t]) + pull[t];
    }
    me_.lam_ = std::move(next);
    me_.k_ = message.k + 1;
    queue_.erase(message.k);
    participants::tell_as_in_dro(carrier, me_.lam_, me_.k_, message.data);
  }

 private:
  AveragingConsensusAlgorithm& me_;
  std::map<std::uint64_t, std::vector<std::vector<double>>> queue_;
  bool first_ = true, started_ = false;
};

namespace participants {

void tell_as_in_dro(Carrier& carrier, const std::vector<double>& lam, std::uint64_t k,
                    const std::vector<double>& data) {
  AveragingConsensusMessage message;
  message.lam = lam;
  message.k = k;
  message.data = data;
  const Content content(std::move(message));
  for (const Address other : carrier.others()) carrier.send(other, content);
}

}  // namespace participants

AveragingOptions averaging_as_in_dro(std::vector<double> initial, double alpha, std::uint64_t max_iter) {
  AveragingOptions options;
  options.initial = std::move(initial);
  options.alpha = alpha;
  options.max_iter = max_iter;
  options.compat = true;
  return options;
}

AveragingConsensusAlgorithm::AveragingConsensusAlgorithm(FinishCallback finish_callback,
                                                         std::shared_ptr<ConsensusActor> actor,
                                                         AveragingOptions options)
    : CycleParticipant({options.initial, options.max_iter, options.tolerance, options.weights, options.report_to}),
      finish_callback_(finish_callback ? std::move(finish_callback) : [](AveragingConsensusAlgorithm&, Carrier&) {}),
      actor_(std::move(actor)),
      cost_(dynamic_cast<DiffusionActor*>(actor_.get())),
      options_(std::move(options)) {
  if (!(options_.alpha > 0 && options_.alpha <= 1))
    throw Error(ErrorCode::wrong_use, "alpha: " + std::to_string(options_.alpha) + " is outside (0, 1]");
  if (options_.compat) as_in_dro_ = std::make_unique<AsInDro>(*this);
}

AveragingConsensusAlgorithm::~AveragingConsensusAlgorithm() = default;

void AveragingConsensusAlgorithm::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  if (!as_in_dro_)
    CycleParticipant::on_message(carrier, content, meta);
  else
    as_in_dro_->take(carrier, content.as<AveragingConsensusMessage>());
}

double AveragingConsensusAlgorithm::curvature() const { return cost_ ? cost_->curvature() : 0; }

std::vector<double> AveragingConsensusAlgorithm::begin() {
  before_.clear();
  return lam_;
}

std::vector<double> AveragingConsensusAlgorithm::step() {
  if (!cost_) return average();
  const std::vector<double> old = std::exchange(lam_, combined(0.5));
  disagreement_ = std::numeric_limits<double>::infinity();
  if (!counted()) return lam_;
  const double step = largest_curvature() > 0 ? 1 / largest_curvature() : options_.alpha;
  const std::vector<double> slope = as_wide(cost_->gradient(lam_, data_, participants()), "gradient");
  const bool first = before_.empty();
  if (!first) {
    // What all gradients add up to is what the sum of all numbers moves by, over the step. So where nobody's moves, the
    // gradients (what is produced, less the target) cancel.
    disagreement_ = participants::in_units(distance(true) * diameter(), limits_.tolerance);
    for (std::size_t t = 0; t < lam_.size(); ++t) {
      const double target = data_.empty() ? 0 : data_[data_.size() == 1 ? 0 : t];
      const double imbalance = participants() * std::abs(lam_[t] - old[t]) / step / (1 + std::abs(target));
      disagreement_ = kernel::larger(disagreement_, participants::in_units(imbalance, limits_.tolerance));
    }
  }
  before_.resize(lam_.size());
  std::vector<double> next(lam_.size());
  kernel::correct(lam_.data(), slope.data(), std::vector<double>(lam_.size(), step).data(), before_.data(), next.data(),
                  lam_.size(), first);
  return next;
}

std::vector<double> AveragingConsensusAlgorithm::average() {
  const bool pulled = actor_ && !dynamic_cast<NoConsensusActor*>(actor_.get());
  std::vector<double> next = combined(options_.alpha);
  disagreement_ = distance(false) * diameter();
  if (pulled) {
    const std::vector<double> pull = as_wide(actor_->gradient_term(lam_, data_), "gradient term");
    disagreement_ = 0;
    for (std::size_t t = 0; t < next.size(); ++t) {
      next[t] += pull[t];
      disagreement_ = kernel::larger(disagreement_, next[t] - lam_[t]);
    }
  }
  disagreement_ = participants::in_units(disagreement_, limits_.tolerance);
  return lam_ = next;
}

void AveragingConsensusAlgorithm::finish(Carrier& carrier) {
  // What the actor has noted is then what it does at the final numbers.
  if (cost_) cost_->gradient(lam_, data_, participants());
  finish_callback_(*this, carrier);
}

std::shared_ptr<AveragingConsensusAlgorithm> create_averaging_consensus_participant(
    AveragingConsensusAlgorithm::FinishCallback finish_callback, std::shared_ptr<ConsensusActor> actor,
    AveragingOptions options) {
  return std::make_shared<AveragingConsensusAlgorithm>(std::move(finish_callback), std::move(actor),
                                                       std::move(options));
}

}  // namespace entente
