// SPDX-License-Identifier: MIT
// Participants and coordinators made of functions.
#pragma once

#include <functional>
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

/// A coordinator that runs the coroutine `lead`.
struct Leader : Coordinator {
  std::function<Task<Content>(Carrier&, Content)> lead;
  Task<Content> start_optimization(Carrier& carrier, Content start, Meta) override {
    return lead(carrier, std::move(start));
  }
};

inline std::vector<Participant*> pointers(std::vector<Party>& parties) {
  std::vector<Participant*> list;
  for (Party& party : parties) list.push_back(&party);
  return list;
}

}  // namespace entente::testing
