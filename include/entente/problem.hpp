// SPDX-License-Identifier: MIT
// Everything about problems: the model, the builder, reading and writing files.
#pragma once

#include "entente/problem/builder.hpp"
#include "entente/problem/formats.hpp"
#include "entente/problem/problem.hpp"
