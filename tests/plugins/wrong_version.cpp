// SPDX-License-Identifier: MIT
// A plug-in of a version that never was.
#include "entente/algorithm/plugin.hpp"

extern "C" const entente::Plugin entente_plugin;
extern "C" const entente::Plugin entente_plugin{.version = "0.0.1", .compiler = "test"};
