// SPDX-License-Identifier: MIT
// Ordered graphs are public: algorithms outside this library run on them.
#pragma once

#include "entente/graph/ordered_graph.hpp"  // IWYU pragma: export
