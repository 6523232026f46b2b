// SPDX-License-Identifier: MIT
// Where older includes find did_you_mean.
#pragma once

#include "entente/base/suggest.hpp"
