// SPDX-License-Identifier: MIT
// A plug-in that calls its algorithm as a built-in one is called.
#include "entente/algorithm.hpp"

namespace entente::algorithms {
namespace {

struct NameClash {
  static constexpr Info info{.name = "dsa", .summary = "does nothing", .source = "none"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Value {
    ValueIndex value;
  };
  using Cycle = Phases<Value>;

  ValueIndex value = 0;

  void start(Agent auto& self) { self.broadcast(Value{value}); }
  void step(Agent auto& self, Inbox<Value>) { self.broadcast(Value{value}); }
  bool operator==(const NameClash&) const = default;
};

}  // namespace

Algorithm name_clash() { return algorithm_of<NameClash>(); }

}  // namespace entente::algorithms
