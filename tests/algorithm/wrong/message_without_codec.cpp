// SPDX-License-Identifier: MIT
// A message that cannot leave the process.
// Expects: a message has a codec
#include "entente/algorithm.hpp"

namespace entente::algorithms {

struct Wrong {
  static constexpr Info info{.name = "wrong", .timing = Timing::events};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Name {
    const char* text;
  };
  using Messages = Kinds<Name>;
  ValueIndex value = 0;
  void start(Agent auto& self) { self.broadcast(Name{"me"}); }
  void receive(Agent auto&, ComputationId, const Name&) {}
};

Algorithm wrong() { return algorithm_of<Wrong>(); }

}  // namespace entente::algorithms
