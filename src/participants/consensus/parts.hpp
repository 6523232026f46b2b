// SPDX-License-Identifier: MIT
// What averaging and diffusion share.
#pragma once

#include <cstdint>
#include <vector>

#include "entente/carriers/carrier.hpp"

namespace entente::participants {

/// Says to all neighbours where the sender stands, as DRO does: with the data in every message.
void tell_as_in_dro(Carrier& carrier, const std::vector<double>& lam, std::uint64_t k, const std::vector<double>& data);

/// How many tolerances a number is; 0 is none, of whatever size.
inline double in_units(double number, double tolerance) { return number == 0 ? 0 : number / tolerance; }

}  // namespace entente::participants
