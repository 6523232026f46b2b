// SPDX-License-Identifier: MIT
// A phase that nobody steps on.
// Expects: an algorithm needs one step for every phase of its cycle
#include "entente/algorithm.hpp"

namespace entente::algorithms {

struct Wrong {
  static constexpr Info info{.name = "wrong"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Value {
    ValueIndex value;
  };
  struct Gain {
    float gain;
  };
  using Cycle = Phases<Value, Gain>;
  ValueIndex value = 0;
  void start(Agent auto& self) { self.broadcast(Value{value}); }
  void step(Agent auto& self, Inbox<Value>) { self.broadcast(Gain{1}); }
  bool operator==(const Wrong&) const = default;
};

Algorithm wrong() { return algorithm_of<Wrong>(); }

}  // namespace entente::algorithms
