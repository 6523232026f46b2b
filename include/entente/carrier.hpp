// SPDX-License-Identifier: MIT
// What a participant or a coordinator is written against: the carrier contract, and coroutines over it.
#pragma once

#include "entente/carriers/carrier.hpp"
#include "entente/carriers/message.hpp"
#include "entente/carriers/task.hpp"
