// SPDX-License-Identifier: MIT
// A state that cannot be compared.
// Expects: the state of a synchronous algorithm is plain data with operator==
#include "entente/algorithm.hpp"

namespace entente::algorithms {

struct Wrong {
  static constexpr Info info{.name = "wrong"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Value {
    ValueIndex value;
  };
  using Cycle = Phases<Value>;
  ValueIndex value = 0;
  void start(Agent auto& self) { self.broadcast(Value{value}); }
  void step(Agent auto& self, Inbox<Value>) { self.broadcast(Value{value}); }
};

Algorithm wrong() { return algorithm_of<Wrong>(); }

}  // namespace entente::algorithms
