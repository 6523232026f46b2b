// SPDX-License-Identifier: MIT
// Flexible actors at array speed: thousands to hundreds of thousands of them in one process.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "entente/coordinators/admm_variants.hpp"
#include "entente/coordinators/resource_admm.hpp"
#include "entente/participants/flex_actor.hpp"

namespace entente {

/// Minimises the actors' costs S'x plus sum of priorities[t] |sum of x[t] - target[t]|, as a sharing coordinator does.
///
/// The result's x holds actors x dimension numbers, `objective` the cost, `violation` the most by which an actor passes
/// its own limits. Options and statuses as for resource problems; actors are named by position.
/// Errors  throws Error{bad_input} for actors whose dimension is not the target's.
/// Cost    one iteration of 10^5 actors with 24 flows and two rows takes some 20 ms of processor time.
AdmmResult solve_flex_sharing(std::span<const FlexActor> actors, const AdmmSharingData& data,
                              const AdmmOptions& options = {});

/// Minimises the actors' costs where the sum of all x is the target, or, with `alpha`, at an extra cost of alpha / 2
/// times the squared distance from it, as an exchange coordinator does.
AdmmResult solve_flex_exchange(std::span<const FlexActor> actors, std::span<const double> target,
                               std::optional<double> alpha = {}, const AdmmOptions& options = {});

}  // namespace entente
