// SPDX-License-Identifier: MIT
#include "carriers/quiet_waves.hpp"

#include <algorithm>

namespace entente {
namespace {

// Between waves that found messages under way, in seconds: doubled each time.
constexpr double first_pause = 0.0005, longest_pause = 0.016;

}  // namespace

QuietWaves::Step QuietWaves::next(double now) {
  if (quiet_) return Step::quiet;
  if (under_way_ || now < pause_until_) return Step::wait;
  under_way_ = true;
  ++number_;
  answered_.clear();
  total_ = {};
  return Step::begin;
}

void QuietWaves::answer(std::uint64_t process, std::uint64_t number, const WaveCount& count, double now) {
  if (!under_way_ || number != number_ || !answered_.insert(process).second) return;
  total_.sent += count.sent;
  total_.handed_on += count.handed_on;
  total_.requests += count.requests;
  total_.expects += count.expects;
  total_.failed += count.failed;
  total_.suspect = total_.suspect || count.suspect;
  total_.waiting.insert(total_.waiting.end(), count.waiting.begin(), count.waiting.end());
  if (answered_.size() == processes_) conclude(now);
}

void QuietWaves::restart(std::size_t processes) {
  processes_ = processes;
  action_ = WaveAction::look;
  under_way_ = balanced_ = quiet_ = checked_ = false;
  pause_until_ = 0;
}

void QuietWaves::conclude(double now) {
  under_way_ = false;
  pause_until_ = 0;
  if (action_ != WaveAction::look) {
    balanced_ = false;
    const WaveAction done = action_;
    action_ = WaveAction::look;
    if (done == WaveAction::check) {
      checked_ = true;
    } else if (total_.failed == 0 && done != WaveAction::give_up_all) {
      // Nobody could be told; the next kind of wait, then.
      action_ = done == WaveAction::give_up_hopeless && total_.expects > 0 ? WaveAction::give_up_expecting
                                                                           : WaveAction::give_up_all;
    }
    return;
  }
  const bool balanced = total_.sent == total_.handed_on;
  if (balanced && balanced_ && handed_on_ == total_.sent) {
    pause_ = 0;
    balanced_ = false;
    decide();
    return;
  }
  balanced_ = balanced;
  handed_on_ = total_.handed_on;
  if (balanced) return;  // the second wave follows at once
  pause_ = std::clamp(2 * pause_, first_pause, longest_pause);
  pause_until_ = now + pause_;
}

void QuietWaves::decide() {
  if (total_.requests + total_.expects > 0) {
    checked_ = false;
    std::sort(total_.waiting.begin(), total_.waiting.end());
    waiting_ = std::move(total_.waiting);
    action_ = total_.requests > 0 ? WaveAction::give_up_hopeless : WaveAction::give_up_expecting;
  } else if (total_.suspect && !checked_) {
    action_ = WaveAction::check;
  } else {
    quiet_ = true;
  }
}

}  // namespace entente
