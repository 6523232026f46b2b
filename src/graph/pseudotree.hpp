// SPDX-License-Identifier: MIT
// Pseudo-trees are public: algorithms outside this library run on them.
#pragma once

#include "entente/graph/pseudotree.hpp"  // IWYU pragma: export
