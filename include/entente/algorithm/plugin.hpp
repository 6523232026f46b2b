// SPDX-License-Identifier: MIT
// Plug-ins: algorithms in shared objects, what these say about themselves, and how they are loaded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "entente/algorithm/factor_population.hpp"
#include "entente/algorithm/frame.hpp"
#include "entente/algorithm/info.hpp"
#include "entente/algorithm/population.hpp"
#include "entente/problem/problem.hpp"

namespace entente {

inline constexpr std::array<char, 16> plugin_magic = {'E', 'n', 't', 'e', 'n', 't', 'e', ' ',
                                                      'p', 'l', 'u', 'g', '-', 'i', 'n', 0};
/// The name of the variable that a plug-in exports: `extern "C" const entente::Plugin entente_plugin`.
inline constexpr const char* plugin_entry = "entente_plugin";

/// A number that differs where two compilers or standard libraries lay out differently what crosses the border.
constexpr std::uint64_t plugin_layout() {
  std::uint64_t hash = 0xcbf29ce484222325ull;  // FNV-1a over sizes
  for (const std::uint64_t part :
       {std::uint64_t(sizeof(void*)), std::uint64_t(sizeof(Frame)), std::uint64_t(sizeof(EventServices)),
        std::uint64_t(sizeof(Algorithm)), std::uint64_t(sizeof(Info)), std::uint64_t(sizeof(ParameterInfo)),
        std::uint64_t(sizeof(MessageInfo)), std::uint64_t(sizeof(Node)), std::uint64_t(sizeof(Link)),
        std::uint64_t(sizeof(Problem)), std::uint64_t(sizeof(std::string)), std::uint64_t(alignof(std::max_align_t)),
        std::uint64_t(factor_frame_version), std::uint64_t(sizeof(FactorBlock)), std::uint64_t(sizeof(VariableBlock)),
        std::uint64_t(population_version)})
    hash = (hash ^ part) * 0x100000001b3ull;
  return hash;
}

/// What a plug-in exports. The members up to `bytes` never change, so that every program can read them.
struct Plugin {
  std::array<char, 16> magic = plugin_magic;
  std::uint32_t bytes = sizeof(Plugin);
  std::uint32_t frame = frame_version;
  std::uint64_t layout = plugin_layout();
  const char* version = nullptr;   ///< Of the Entente that it was built against, such as `0.1.0`.
  const char* compiler = nullptr;  ///< For people.
  Algorithm (*algorithm)() = nullptr;
};

/// Whether `name` means a file and not an algorithm's name: it holds a '/' or ends in `.so`.
bool is_plugin_path(std::string_view name);

/// Loads the plug-in at `path`, once, for as long as the program lives; returns its algorithm. Thread-safe.
///
/// Errors  throws Error{wrong_use}, which says what was found, what was expected and how to mend it, for a file that is
///         missing or no shared object for this machine, has no entry, was built against another version of Entente or
///         with an incompatible compiler, or whose algorithm has a name that another one has.
const Algorithm& load_plugin(const std::string& path);

}  // namespace entente
