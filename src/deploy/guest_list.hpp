// SPDX-License-Identifier: MIT
// GuestList: which agents a run needs, which of them are there, and what those that ask are told.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "deploy/handshake.hpp"
#include "entente/deploy.hpp"

namespace entente::deploy {

/// Times are seconds of any clock that does not go backwards.
class GuestList {
 public:
  /// Seconds after which an agent that asked and was not answered asks again.
  static constexpr double ask_again = 1;
  /// Seconds without asking again after which it is taken for gone.
  static constexpr double stale = 4;

  struct Letter {
    std::string to;  ///< Where the answer goes.
    Answer answer;
  };

  /// `others`: agents of the problem, of which those not `needed` have nothing to do. The agent needed[i] gets the
  /// address i + 1.
  GuestList(const std::vector<std::string>& needed, const std::vector<ExpectedAgent>& others, std::string session);

  /// An agent asks. Returns what is to be sent now: to it, or, if it was the last one missing, to all.
  std::vector<Letter> hear(const Hello& hello, const std::string& reply, double now);
  /// Those that are not there. Empty: the run has begun.
  std::vector<std::string> missing(double now) const;
  /// What people should know, since it was last asked: agents with another capacity than the problem gives them.
  std::vector<std::string> take_notes();
  /// Whether somebody has just come.
  std::size_t present(double now) const { return guests_.size() - missing(now).size(); }

 private:
  struct Guest {
    std::uint32_t address = 0;
    std::optional<Hello> who;
    std::string reply;                ///< Not answered yet.
    double heard_at = 0;              ///< When it asked last.
    std::vector<std::string> rivals;  ///< Others of this name that wait for a word.
  };
  bool there(const Guest& guest, double now) const { return guest.who && now - guest.heard_at <= stale; }
  Answer welcome(const Guest& guest) const;
  std::vector<Letter> welcome_all(double now);

  std::map<std::string, Guest> guests_;
  std::map<std::string, std::optional<double>> capacities_;
  std::string session_;
  bool begun_ = false;
  std::vector<std::string> notes_;
};

}  // namespace entente::deploy
