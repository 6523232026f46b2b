// SPDX-License-Identifier: MIT
// ENTENTE_EXPECTS: what a caller promised; stops debug builds, free in release builds.
#pragma once

#include <cassert>

#define ENTENTE_EXPECTS(condition) assert(condition)
