// SPDX-License-Identifier: MIT
#include "entente/participants/push_sum.hpp"

#include <cmath>
#include <utility>

#include "entente/base/error.hpp"

namespace entente {

PushSumParticipant::PushSumParticipant(PushSumOptions options, FinishCallback finish_callback)
    : options_(std::move(options)), finish_callback_(std::move(finish_callback)), held_(options_.initial) {
  if (!(options_.period > 0) || std::isinf(options_.period))
    throw Error(ErrorCode::wrong_use, "period: " + std::to_string(options_.period) + " is not above 0");
  if (held_.empty()) throw Error(ErrorCode::wrong_use, "initial: no number; expected at least one");
  for (const double number : held_)
    if (!std::isfinite(number)) throw Error(ErrorCode::bad_input, "initial: a number is not finite");
  held_.push_back(1);
  passed_on_.assign(held_.size(), 0);
}

void PushSumParticipant::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  const auto* const message = content.get<PushSumMessage>();
  if (!message) static_cast<void>(content.as<PushSumStart>());
  if (message) take(*message, meta.sender);
  if (!started_) start(carrier);
}

void PushSumParticipant::start(Carrier& carrier) {
  started_ = true;
  speak(carrier);
}

void PushSumParticipant::speak(Carrier& carrier) {
  if (rounds_ >= options_.rounds) {
    if (finish_callback_) finish_callback_(*this, carrier);
    return;
  }
  ++rounds_;
  const double parts = double(carrier.others().size()) + 1;
  for (std::size_t t = 0; t < held_.size(); ++t) {
    held_[t] /= parts;
    passed_on_[t] += held_[t];
  }
  const Content content(PushSumMessage{{passed_on_.begin(), passed_on_.end() - 1}, passed_on_.back(), rounds_});
  for (const Address other : carrier.others()) carrier.send(other, content);
  carrier.schedule(options_.period, [this, &carrier] { speak(carrier); });
}

void PushSumParticipant::take(const PushSumMessage& message, Address sender) {
  if (message.sum.size() + 1 != held_.size())
    throw Error(ErrorCode::bad_input, "participant " + std::to_string(sender.number) + " passes on " +
                                          std::to_string(message.sum.size()) + " numbers; expected " +
                                          std::to_string(held_.size() - 1));
  Heard& heard = heard_[sender.number];
  if (message.sequence <= heard.sequence) return;
  heard.sum.resize(held_.size(), 0.0);
  for (std::size_t t = 0; t < held_.size(); ++t) {
    const double now = t < message.sum.size() ? message.sum[t] : message.weight;
    held_[t] += now - std::exchange(heard.sum[t], now);
  }
  heard.sequence = message.sequence;
}

std::vector<double> PushSumParticipant::estimate() const {
  std::vector<double> result(held_.begin(), held_.end() - 1);
  for (double& number : result) number /= held_.back();
  return result;
}

std::vector<double> PushSumParticipant::taken_from(Address sender) const {
  const auto at = heard_.find(sender.number);
  return at == heard_.end() ? std::vector<double>(held_.size(), 0.0) : at->second.sum;
}

}  // namespace entente
