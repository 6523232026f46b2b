// SPDX-License-Identifier: MIT
// Follower: what one client has been told of a run, and what is news to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "web/run_view.hpp"

namespace entente::web {

/// A client that is slow misses states in between: news are always what differs between the newest state and the last
/// one that it was told of.
///
/// Memory  4 bytes per variable.
class Follower {
 public:
  /// Values that are told of one state; what else has changed is told with the next, or at the end of the run.
  static constexpr std::size_t most_values = 1000;

  /// The messages that the client needs to be up to date, each a JSON object in one line, oldest first; none if it is.
  ///
  /// Events  add_comp of each computation, once, if the client was there before the run began; then for each state a
  /// summary (`state`), msg_snd and msg_rcv with counts and bytes since the summary before, value and cycle of each
  /// computation whose value changed. When the run has ended: what is left, and at last {"cmd": "close"}.
  std::vector<std::string> news(const RunView& view);
  /// Whether `close` has been told.
  bool closed() const { return closed_; }

 private:
  void tell_computations(const RunView& view, std::vector<std::string>& news);
  void tell_messages(const LiveState& state, std::vector<std::string>& news);
  void tell_values(const RunView& view, std::vector<std::string>& news);

  std::shared_ptr<const LiveState> told_;
  std::vector<ValueIndex> known_;
  VariableId next_ = 0;  ///< Where the search for changed values goes on.
  std::uint64_t messages_ = 0, bytes_ = 0;
  bool waited_ = false, closed_ = false, all_told_ = true;
};

}  // namespace entente::web
