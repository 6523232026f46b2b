// SPDX-License-Identifier: MIT
// A plug-in that describes itself in fewer words than this version does.
#include "entente/algorithm/plugin.hpp"

struct Early {
  std::array<char, 16> magic = entente::plugin_magic;
  std::uint32_t bytes = sizeof(Early);
};
extern "C" const Early entente_plugin;
extern "C" const Early entente_plugin{};
