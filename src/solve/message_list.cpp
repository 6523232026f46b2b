// SPDX-License-Identifier: MIT
#include "solve/message_list.hpp"

#include <algorithm>
#include <cmath>

namespace entente {

std::vector<MessageDescription> message_list(const Algorithm& algorithm) {
  std::vector<MessageDescription> list;
  if (!algorithm.populate) {
    // Such algorithms say what they send over a link: a vector over the variable's values, and perhaps something more.
    const double one = algorithm.load({.domain = 1}), two = algorithm.load({.domain = 2});
    const auto bytes = [](double number) { return static_cast<std::uint64_t>(std::llround(std::max(0.0, number))); };
    list.push_back({"Costs", bytes(2 * one - two), bytes(two - one)});
    return list;
  }
  const auto population = algorithm.populate(0, {});
  for (const MessageInfo& message : population->messages())
    list.push_back({std::string(message.name),
                    message.wire == varying ? std::nullopt : std::optional<std::uint64_t>(message.wire), message.tail});
  return list;
}

}  // namespace entente
