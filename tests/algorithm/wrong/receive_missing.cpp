// SPDX-License-Identifier: MIT
// A message that nobody receives.
// Expects: an algorithm needs receive(Agent auto& self, ComputationId from, message) for each of its Messages
#include "entente/algorithm.hpp"

namespace entente::algorithms {

struct Wrong {
  static constexpr Info info{.name = "wrong", .timing = Timing::events};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Value {
    ValueIndex value;
  };
  struct Gain {
    float gain;
  };
  using Messages = Kinds<Value, Gain>;
  ValueIndex value = 0;
  void start(Agent auto& self) { self.broadcast(Gain{1}); }
  void receive(Agent auto&, ComputationId, const Value&) {}
};

Algorithm wrong() { return algorithm_of<Wrong>(); }

}  // namespace entente::algorithms
