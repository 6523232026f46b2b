// SPDX-License-Identifier: MIT
// Gathering: who of a network is there, as the process knows it to which all others say hello.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "carriers/nats_packet.hpp"

namespace entente {

/// `participants 3, 4 and 5 (host, process 12)`; long lists are cut short.
std::string describe_process(const std::vector<std::uint32_t>& addresses, std::uint32_t participants,
                             const std::string& name);
std::string describe_addresses(const std::vector<std::uint32_t>& addresses, std::uint32_t participants);

class Gathering {
 public:
  /// `own`: this process, which counts as there.
  Gathering(std::uint64_t self, Hello own);

  /// Takes somebody in who is as expected, or whom it knows; else says why not, for the other end to read.
  std::optional<std::string> admit(std::uint64_t process, const Hello& hello);
  void leave(std::uint64_t process);
  bool knows(std::uint64_t process) const { return there_.count(process) > 0; }
  bool complete() const { return claimed_ == wanted(); }
  /// The first few addresses that nobody has yet.
  std::vector<std::uint32_t> missing(std::size_t most) const;
  /// Everybody; the one of this process first, then by their lowest addresses.
  std::vector<RosterEntry> roster() const;

 private:
  std::size_t wanted() const { return own_.participants + (own_.coordinated ? 1 : 0); }

  const std::uint64_t self_;
  const Hello own_;
  std::map<std::uint64_t, Hello> there_;
  std::vector<std::uint64_t> owner_;  // by address - 1; 0: nobody
  std::size_t claimed_ = 0;
};

}  // namespace entente
