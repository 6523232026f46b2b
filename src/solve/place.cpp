// SPDX-License-Identifier: MIT
#include "entente/solve/place.hpp"

#include <cmath>

#include "entente/solve.hpp"

namespace entente {

LinkLoad link_load(const std::string& algorithm) {
  constexpr double bytes_of_a_number = 8;
  LinkLoad load{0, 0};
  for (const MessageDescription& message : describe_algorithm(algorithm).messages) {
    load.fixed += message.bytes ? std::ceil(double(*message.bytes) / bytes_of_a_number) : 1;
    load.per_value += double(message.per_value) / bytes_of_a_number;
  }
  return load;
}

}  // namespace entente
