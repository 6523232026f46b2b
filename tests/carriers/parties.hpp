// SPDX-License-Identifier: MIT
// Participants and coordinators made of functions.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "entente/carrier.hpp"

namespace entente::testing {

/// A participant that does what `react` says; nothing if that is empty.
struct Party : Participant {
  std::function<void(Carrier&, const Content&, const Meta&)> react;
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    if (react) react(carrier, content, meta);
  }
};

/// A coordinator that runs the coroutine `lead`, which must not capture anything by value that a coroutine would lose.
struct Leader : Coordinator {
  std::function<Task<Content>(Carrier&, Content)> lead;
  explicit Leader(std::function<Task<Content>(Carrier&, Content)> how = {}) : lead(std::move(how)) {}
  Task<Content> start_optimization(Carrier& carrier, Content start, Meta) override {
    return lead(carrier, std::move(start));
  }
};

inline std::vector<Participant*> pointers(std::vector<Party>& parties) {
  std::vector<Participant*> list;
  for (Party& party : parties) list.push_back(&party);
  return list;
}

/// What an exception of type E that `act` throws says; `nothing` if it throws none.
template <class E, class Act>
std::string message_of(Act&& act) {
  try {
    act();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace entente::testing
