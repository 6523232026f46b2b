// SPDX-License-Identifier: MIT
// Parameters that are not declared.
// Expects: an algorithm declares info, Params and parameters
#include "entente/algorithm.hpp"

namespace entente::algorithms {

struct Wrong {
  static constexpr Info info{.name = "wrong"};
  struct Value {
    ValueIndex value;
  };
  using Cycle = Phases<Value>;
  ValueIndex value = 0;
  void start(Agent auto& self) { self.broadcast(Value{value}); }
  void step(Agent auto& self, Inbox<Value>) { self.broadcast(Value{value}); }
  bool operator==(const Wrong&) const = default;
};

Algorithm wrong() { return algorithm_of<Wrong>(); }

}  // namespace entente::algorithms
