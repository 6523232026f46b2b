// SPDX-License-Identifier: MIT
#include "deploy/guest_list.hpp"

#include <fmt/format.h>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"

namespace entente::deploy {
namespace {

/// Rivals of one name that may wait at once; more are told off at once.
constexpr std::size_t most_rivals = 16;

Answer refusal(std::string text) { return {Answer::Kind::refused, std::move(text), {}, 0, 0}; }

Answer taken(const std::string& name, const Hello& by) {
  return refusal(fmt::format("there is an agent '{}' already ({}); give one of them another name", printable(name),
                             printable(by.place)));
}

}  // namespace

GuestList::GuestList(const std::vector<std::string>& needed, const std::vector<ExpectedAgent>& others,
                     std::string session)
    : session_(std::move(session)) {
  for (const std::string& name : needed) {
    Guest guest;
    guest.address = static_cast<std::uint32_t>(guests_.size()) + 1;
    guests_.emplace(name, std::move(guest));
  }
  for (const ExpectedAgent& agent : others) capacities_.emplace(agent.name, agent.capacity);
}

Answer GuestList::welcome(const Guest& guest) const {
  return {Answer::Kind::welcome, {}, session_, guest.address, static_cast<std::uint32_t>(guests_.size())};
}

std::vector<GuestList::Letter> GuestList::welcome_all(double now) {
  std::vector<Letter> letters;
  for (const auto& [name, guest] : guests_)
    if (!there(guest, now)) return letters;
  begun_ = true;
  for (auto& [name, guest] : guests_) {
    letters.push_back({guest.reply, welcome(guest)});
    for (const std::string& rival : guest.rivals) letters.push_back({rival, taken(name, *guest.who)});
    guest.rivals.clear();
  }
  return letters;
}

std::vector<GuestList::Letter> GuestList::hear(const Hello& hello, const std::string& reply, double now) {
  if (reply.empty()) return {};
  if (hello.version != handshake_version)
    return {{reply, refusal(fmt::format("the orchestrator speaks version {} of the protocol between agents and "
                                        "orchestrators, this agent speaks version {}; use the same version of Entente "
                                        "for both",
                                        handshake_version, hello.version))}};
  const auto found = guests_.find(hello.name);
  if (found == guests_.end()) {
    if (capacities_.contains(hello.name))
      return {{reply,
               {Answer::Kind::not_needed,
                fmt::format("agent '{}' has nothing to do in this run", printable(hello.name)),
                {},
                0,
                0}}};
    std::vector<std::string> names;
    for (const auto& [name, guest] : guests_) names.push_back(name);
    return {{reply,
             {Answer::Kind::unknown,
              fmt::format("the run has no agent '{}'{}", printable(hello.name), did_you_mean(hello.name, names)),
              {},
              0,
              0}}};
  }
  Guest& guest = found->second;
  if (guest.who && guest.who->instance != hello.instance) {
    // Once the run has begun its carrier notices who is gone; a newcomer could not take part any more.
    if (begun_) return {{reply, taken(hello.name, *guest.who)}};
    if (there(guest, now)) {
      // Whether the first one lives shows when it asks again, or does not.
      if (guest.rivals.size() >= most_rivals) return {{reply, taken(hello.name, *guest.who)}};
      guest.rivals.push_back(reply);
      return {};
    }
    guest.rivals.clear();
  }
  const bool again = guest.who && guest.who->instance == hello.instance;
  if (const auto known = capacities_.find(hello.name);
      !again && hello.capacity && known != capacities_.end() && known->second && *known->second != *hello.capacity)
    notes_.push_back(
        fmt::format("agent '{}' says that its capacity is {:g}; its computations were placed by the "
                    "problem's {:g}",
                    printable(hello.name), *hello.capacity, *known->second));
  guest.who = hello;
  guest.reply = reply;
  guest.heard_at = now;
  if (begun_) return {{reply, welcome(guest)}};
  std::vector<Letter> letters;
  if (again)
    for (const std::string& rival : std::exchange(guest.rivals, {}))
      letters.push_back({rival, taken(hello.name, *guest.who)});
  for (Letter& letter : welcome_all(now)) letters.push_back(std::move(letter));
  return letters;
}

std::vector<std::string> GuestList::missing(double now) const {
  std::vector<std::string> names;
  if (begun_) return names;
  for (const auto& [name, guest] : guests_)
    if (!there(guest, now)) names.push_back(name);
  return names;
}

std::vector<std::string> GuestList::take_notes() { return std::exchange(notes_, {}); }

}  // namespace entente::deploy
