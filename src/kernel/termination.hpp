// SPDX-License-Identifier: MIT
// Termination: how agents find out among themselves that nothing is left to be done.
#pragma once

#include <cstdint>
#include <utility>

namespace entente {

/// Goes around all agents; a message.
struct TerminationToken {
  std::int64_t underway = 0;  ///< Messages sent less messages received, by those it has passed.
  bool black = false;         ///< One of them has received something since it passed them last.
};

/// One agent's part in Safra's algorithm. Each counts what it sends and receives, the token left aside. An agent that
/// has nothing to do passes the token on; one that has keeps it until then. When it has come around to the one who sent
/// it, who has nothing to do either, and nobody has received anything since the round before and nothing is under way,
/// all is done. Otherwise there is another round. Messages may take any time, and overtake each other.
///
/// From  Dijkstra, "Shmuel Safra's version of termination detection", EWD 998 (1987).
class Termination {
 public:
  void sent() { ++underway_; }
  void received() {
    --underway_;
    black_ = true;
  }
  /// The first token of a round.
  TerminationToken begin() {
    black_ = false;
    return {};
  }
  /// The token as an agent passes it on.
  TerminationToken pass(const TerminationToken& token) {
    const bool black = std::exchange(black_, false);
    return {token.underway + underway_, token.black || black};
  }
  /// Whether the token that came around proves that all is done.
  bool proven(const TerminationToken& token) const {
    return !token.black && !black_ && token.underway + underway_ == 0;
  }

 private:
  std::int64_t underway_ = 0;
  bool black_ = false;
};

}  // namespace entente
