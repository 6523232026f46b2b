// SPDX-License-Identifier: MIT
#include "entente/participants/diffusion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "entente/base/error.hpp"
#include "kernel/consensus/combine.hpp"
#include "participants/consensus/parts.hpp"

namespace entente {

/// DRO's state machine, which counts the start message as a neighbour's.
class DiffusionAlgorithm::AsInDro {
 public:
  explicit AsInDro(DiffusionAlgorithm& me) : me_(me) {}

  void take(Carrier& carrier, const AveragingConsensusMessage& message) {
    if (message.k >= me_.options_.max_iter) {
      if (first_) return;
      first_ = true;
      queue_.clear();
      me_.finished_ = true;
      me_.finish_callback_(me_, carrier);
      return;
    }
    if (first_ || message.initial) {
      first_ = false;
      me_.finished_ = false;
      me_.k_ = 0;
      me_.lam_.assign(std::max({message.lam.size(), message.data.size(), me_.options_.initial.size()}), 0);
      me_.lam_ = me_.as_wide(me_.options_.initial, "initial");
      adapt(message.data);
      participants::tell_as_in_dro(carrier, phi_, me_.k_, message.data);
    }
    auto& heard = queue_[message.k];
    heard.push_back(me_.as_wide(message.lam, "phi"));
    if (heard.size() != carrier.others().size()) return;
    for (std::size_t t = 0; t < phi_.size(); ++t) {
      double sum = phi_[t];
      for (const std::vector<double>& theirs : heard) sum += theirs[t];
      me_.lam_[t] = sum / double(heard.size() + 1);
    }
    queue_.erase(message.k);
    adapt(message.data);
    ++me_.k_;
    participants::tell_as_in_dro(carrier, phi_, me_.k_, message.data);
  }

 private:
  void adapt(const std::vector<double>& data) {
    const std::vector<double> slope = me_.as_wide(me_.actor_->gradient(me_.lam_, data, 0), "gradient");
    phi_.resize(me_.lam_.size());
    for (std::size_t t = 0; t < phi_.size(); ++t) phi_[t] = me_.lam_[t] - me_.options_.epsilon * slope[t];
  }

  DiffusionAlgorithm& me_;
  std::map<std::uint64_t, std::vector<std::vector<double>>> queue_;
  std::vector<double> phi_;
  bool first_ = true;
};

DiffusionOptions diffusion_as_in_dro(std::vector<double> initial, double epsilon, std::uint64_t max_iter) {
  DiffusionOptions options;
  options.variant = DiffusionVariant::adapt_then_combine;
  options.initial = std::move(initial);
  options.epsilon = epsilon;
  options.max_iter = max_iter;
  options.compat = true;
  return options;
}

DiffusionAlgorithm::DiffusionAlgorithm(FinishCallback finish_callback, std::shared_ptr<DiffusionActor> actor,
                                       DiffusionOptions options)
    : CycleParticipant({options.initial, options.max_iter, options.tolerance, options.weights, options.report_to}),
      finish_callback_(finish_callback ? std::move(finish_callback) : [](DiffusionAlgorithm&, Carrier&) {}),
      actor_(std::move(actor)),
      options_(std::move(options)) {
  if (!actor_)
    throw Error(ErrorCode::wrong_use, "diffusion needs an actor, which has the cost that is to be minimised");
  if (!(options_.epsilon > 0) || std::isinf(options_.epsilon))
    throw Error(ErrorCode::wrong_use, "epsilon: " + std::to_string(options_.epsilon) + " is not above 0");
  if (options_.compat) as_in_dro_ = std::make_unique<AsInDro>(*this);
}

DiffusionAlgorithm::~DiffusionAlgorithm() = default;

void DiffusionAlgorithm::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  if (!as_in_dro_)
    CycleParticipant::on_message(carrier, content, meta);
  else
    as_in_dro_->take(carrier, content.as<AveragingConsensusMessage>());
}

std::vector<double> DiffusionAlgorithm::begin() {
  before_.clear();
  return lam_;
}

std::vector<double> DiffusionAlgorithm::slope(const std::vector<double>& at) {
  return as_wide(actor_->gradient(at, data_, participants()), "gradient");
}

std::vector<double> DiffusionAlgorithm::step() {
  const bool exact = options_.variant == DiffusionVariant::exact;
  const std::vector<double> old = std::exchange(lam_, combined(exact ? 0.5 : 1.0));
  disagreement_ = std::numeric_limits<double>::infinity();
  if (!counted()) return lam_;
  const bool first = before_.empty();
  before_.resize(lam_.size());
  std::vector<double> next(lam_.size()), gradient = slope(lam_);
  if (exact) {
    const double limit = largest_curvature() > 0 ? 1 / largest_curvature() : options_.epsilon;
    const std::vector<double> steps(lam_.size(), std::min(options_.epsilon, limit));
    kernel::correct(lam_.data(), gradient.data(), steps.data(), before_.data(), next.data(), lam_.size(), first);
  } else {
    for (std::size_t t = 0; t < next.size(); ++t) next[t] = lam_[t] - options_.epsilon * gradient[t];
    if (options_.variant == DiffusionVariant::combine_then_adapt) lam_ = next;
  }
  // Before the second step the numbers do not show yet what the first gradient does.
  if (first) return next;
  disagreement_ = exact ? distance(false) * diameter() : 0;
  for (std::size_t t = 0; t < next.size(); ++t) disagreement_ = kernel::larger(disagreement_, lam_[t] - old[t]);
  disagreement_ = participants::in_units(disagreement_, limits_.tolerance);
  return next;
}

void DiffusionAlgorithm::finish(Carrier& carrier) {
  actor_->gradient(lam_, data_, participants());
  finish_callback_(*this, carrier);
}

std::shared_ptr<DiffusionAlgorithm> create_diffusion_participant(DiffusionAlgorithm::FinishCallback finish_callback,
                                                                 std::shared_ptr<DiffusionActor> actor,
                                                                 DiffusionOptions options) {
  return std::make_shared<DiffusionAlgorithm>(std::move(finish_callback), std::move(actor), std::move(options));
}

AveragingConsensusMessage create_diffusion_start(std::vector<double> lam, std::vector<double> data) {
  return create_averaging_consensus_start(std::move(lam), std::move(data));
}

}  // namespace entente
