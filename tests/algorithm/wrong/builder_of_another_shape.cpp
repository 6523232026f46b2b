// SPDX-License-Identifier: MIT
// A builder that would never be called.
// Expects: a builder is static A make(const Node&, const Params&)
#include "entente/algorithm.hpp"

namespace entente::algorithms {

struct Wrong {
  static constexpr Info info{.name = "wrong", .timing = Timing::events};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Value {
    ValueIndex value;
  };
  using Messages = Kinds<Value>;
  ValueIndex value = 0;
  static Wrong make(const Node&) { return {}; }
  void start(Agent auto& self) { self.broadcast(Value{value}); }
  void receive(Agent auto&, ComputationId, const Value&) {}
};

Algorithm wrong() { return algorithm_of<Wrong>(); }

}  // namespace entente::algorithms
