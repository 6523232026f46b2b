// SPDX-License-Identifier: MIT
// QuietWaves: how one of several processes learns that nothing is under way in any of them, and what follows from it.
//
// From  Mattern, "Algorithms for distributed termination detection", Distributed Computing 2 (1987) 161-175, the
//       four-counter method: if two waves, one after the other, find every process idle and as many messages handed on
//       as were sent, the same number in both, then nothing was under way when the first of them ended.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

namespace entente {

/// What a wave asks every process to do, as soon as it is idle, before it answers.
enum class WaveAction : std::uint8_t {
  look,
  give_up_hopeless,   ///< Fail requests to those who wait for nobody.
  give_up_expecting,  ///< Fail what is expected.
  give_up_all,        ///< Fail all requests.
  check,              ///< See whether something was overlooked.
};

/// A process's answer.
struct WaveCount {
  std::uint64_t sent = 0, handed_on = 0;
  std::uint64_t requests = 0, expects = 0;  ///< Waits, of either kind.
  std::uint64_t failed = 0;                 ///< How many the action made fail.
  bool suspect = false;                     ///< Something is left that `check` has to look at.
  std::vector<std::uint32_t> waiting;       ///< Addresses that wait.
};

/// Has no clock: `pause_until` says when the next wave may begin. Waves are answered when a process is idle, so none
/// is sent while the last one is still waiting for somebody.
class QuietWaves {
 public:
  enum class Step : std::uint8_t {
    wait,   ///< For answers, or until `pause_until`.
    begin,  ///< Send wave `number()` with `action()` (and `waiting()`) to all.
    quiet,  ///< It is over.
  };

  /// Waves are numbered from `first` on. So many processes will answer each.
  QuietWaves(std::uint64_t first, std::size_t processes) : number_(first), processes_(processes) {}

  /// What to do now; call again after each answer and when the pause is over.
  Step next(double now);
  /// An answer to wave `number`; those to other waves are of no interest.
  void answer(std::uint64_t process, std::uint64_t number, const WaveCount& count, double now);
  /// What was learnt holds no more: somebody is gone, or the coordinator is done.
  void restart(std::size_t processes);

  std::uint64_t number() const { return number_; }
  WaveAction action() const { return action_; }
  /// Addresses that wait, as the last wave found; for `give_up_hopeless`.
  const std::vector<std::uint32_t>& waiting() const { return waiting_; }
  double pause_until() const { return pause_until_; }
  bool under_way() const { return under_way_; }

 private:
  void conclude(double now);
  void decide();

  std::uint64_t number_;
  std::size_t processes_;
  WaveAction action_ = WaveAction::look;
  bool under_way_ = false, quiet_ = false, checked_ = false;
  std::set<std::uint64_t> answered_;
  WaveCount total_;
  bool balanced_ = false;        // the last wave was a look that found all sent messages handed on,
  std::uint64_t handed_on_ = 0;  // so many
  std::vector<std::uint32_t> waiting_;
  double pause_ = 0, pause_until_ = 0;
};

}  // namespace entente
