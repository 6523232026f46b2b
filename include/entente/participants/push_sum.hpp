// SPDX-License-Identifier: MIT
// Push-sum: averaging over links that go one way, or lose messages.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "entente/carriers/carrier.hpp"

namespace entente {

/// Everything that the sender has ever passed on to each of its hearers, so that a message that arrives makes good for
/// all that were lost before it.
struct PushSumMessage {
  static constexpr std::string_view content_name = "entente.push_sum";

  std::vector<double> sum;
  double weight = 0;
  std::uint64_t sequence = 0;  ///< Of this sender; an older one than the last heard says nothing new.
};
/// Begins a run. Whoever hears a PushSumMessage begins as well, so one participant is enough.
struct PushSumStart {
  static constexpr std::string_view content_name = "entente.push_sum_start";
};

struct PushSumOptions {
  std::vector<double> initial{0.0};
  std::uint64_t rounds = 200;  ///< How often it speaks.
  double period = 1;           ///< Seconds of the carrier's clock from one time to the next; above 0.
};

/// Holds a sum and a weight, at first its own numbers and 1. From time to time it keeps one part of both and passes one
/// on to each whom it may send to; what it hears it adds. The estimate of the mean is the ratio of the two.
///
/// Comes to the mean if everybody can be reached from everybody, with any delay, order, loss (if not all is lost) and
/// duplication: no part of a sum is lost for good, whatever happens to a message. How near it is after so many rounds
/// depends on the links; without a fault, distances shrink by a factor each round. There is no certain end on links
/// that may lose any message, so the number of rounds is given. From  Kempe, Dobra & Gehrke, "Gossip-based computation
/// of aggregate information", FOCS 2003; running sums as in
///       Vaidya, Hadjicostis & Dominguez-Garcia, "Robust average consensus over packet dropping links", 2011.
class PushSumParticipant : public Participant {
 public:
  using FinishCallback = std::function<void(PushSumParticipant&, Carrier&)>;

  /// Errors  Error{wrong_use} for a period that is not above 0 and no or infinite initial numbers.
  explicit PushSumParticipant(PushSumOptions options, FinishCallback finish_callback = {});

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override;

  std::vector<double> estimate() const;  ///< Of the mean; late messages still improve it after the end.
  bool finished() const { return started_ && rounds_ >= options_.rounds; }
  std::uint64_t rounds() const { return rounds_; }

  // What it holds, has passed on to each hearer, and has taken from a sender: held by all, plus what is passed on and
  // not taken yet, is what all began with.
  const std::vector<double>& held() const { return held_; }  ///< The last number is the weight.
  const std::vector<double>& passed_on() const { return passed_on_; }
  std::vector<double> taken_from(Address sender) const;

 private:
  void start(Carrier& carrier);
  void speak(Carrier& carrier);
  void take(const PushSumMessage& message, Address sender);

  const PushSumOptions options_;
  FinishCallback finish_callback_;
  std::vector<double> held_, passed_on_;
  struct Heard {
    std::uint64_t sequence = 0;
    std::vector<double> sum;
  };
  std::map<std::uint32_t, Heard> heard_;
  std::uint64_t rounds_ = 0;
  bool started_ = false;
};

}  // namespace entente
