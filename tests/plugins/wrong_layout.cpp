// SPDX-License-Identifier: MIT
// A plug-in of a compiler that lays data out in another way.
#include "entente/algorithm/plugin.hpp"

extern "C" const entente::Plugin entente_plugin;
extern "C" const entente::Plugin entente_plugin{.layout = 7, .version = ENTENTE_VERSION, .compiler = "some compiler"};
