// SPDX-License-Identifier: MIT
// Nobody begins.
// Expects: an algorithm needs start(Agent auto& self)
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
  void receive(Agent auto&, ComputationId, const Value&) {}
};

Algorithm wrong() { return algorithm_of<Wrong>(); }

}  // namespace entente::algorithms
