// SPDX-License-Identifier: MIT
// What an algorithm file includes.
#pragma once

#include "entente/algorithm/algorithm_of.hpp"
#include "entente/algorithm/cycle_population.hpp"
#include "entente/algorithm/cycle_self.hpp"
#include "entente/algorithm/event_population.hpp"
#include "entente/algorithm/event_self.hpp"
#include "entente/algorithm/frame.hpp"
#include "entente/algorithm/info.hpp"
#include "entente/algorithm/parameters.hpp"
#include "entente/algorithm/population.hpp"
#include "entente/algorithm/protocol.hpp"
