// SPDX-License-Identifier: MIT
// RestTree: agents find out by themselves that a run of cycles is at its end.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace entente::runtime {

/// What an agent tells the one above it in the tree, or, once the end is known, those below.
struct RemoteRest {
  static constexpr std::string_view content_name = "entente.rest";
  std::uint64_t closed = 0;               ///< Cycles that all agents below have ended.
  std::vector<std::uint64_t> quiet;       ///< Those among them in which all rested, which it has not told yet.
  std::optional<std::uint64_t> finished;  ///< Cycles after which no computation below has more to do.
  std::optional<std::uint64_t> stop;      ///< Downwards: how many cycles the run has.
};

/// Agents form a binary tree, agent 0 at its root. Each tells the one above in which cycles all that is below it
/// rested; of the others it only says from time to time that they are over. The root so learns of the first cycles in
/// which everybody rested, and tells everybody where the run ends. Nobody waits for that.
///
/// Messages  none while somebody below works, but for one every 64 cycles; two links up and down per agent at the end.
/// Memory    a number for each cycle in which one part of the tree is ahead of another.
class RestTree {
 public:
  using Send = std::function<void(std::uint32_t agent, const RemoteRest&)>;

  /// `needed`: cycles in a row in which all must rest.
  RestTree(std::uint32_t me, std::uint32_t agents, std::uint64_t needed, Send send);

  /// This agent has ended its next cycle; whether it rested in it, and whether its computations have all finished.
  void close(bool rested, bool finished);
  /// Throws Error{bad_input} for what nobody says here.
  void hear(std::uint32_t from, const RemoteRest& rest);
  /// Says what is to be said by now.
  void flush();
  /// Cycles after which the run is over, once that is known.
  std::optional<std::uint64_t> stop() const { return stop_; }

 private:
  static constexpr std::uint64_t silence = 64;
  struct Source {
    std::uint32_t agent;
    std::uint64_t closed = 0;
    std::deque<std::uint64_t> quiet;  ///< Ascending.
    std::optional<std::uint64_t> finished;
  };
  void settle();
  std::optional<std::uint64_t> finished_below() const;
  void end(std::uint64_t cycles);

  const std::uint32_t me_;
  const std::uint64_t needed_;
  const Send send_;
  std::vector<Source> sources_;  ///< This agent itself, and those right below it.
  std::uint64_t settled_ = 0;    ///< Cycles that all of these have ended.
  std::uint64_t told_ = 0, in_a_row_ = 0;
  std::vector<std::uint64_t> quiet_;  ///< To be told.
  bool told_finished_ = false;
  std::optional<std::uint64_t> stop_;
};

}  // namespace entente::runtime
