// SPDX-License-Identifier: MIT
// Reading pyDCOP's YAML format from files.
#pragma once

#include <span>
#include <string>

#include "entente/problem/formats.hpp"

namespace entente {

/// Reads one problem from one or several files (`-`: standard input).
///
/// Sections of several files are joined: an entry of a section that two files give is an error; of `name`,
/// `description` and `objective` the last file's counts, with a warning where they differ.
Problem read_pydcop_yaml(std::span<const std::string> files, const ReadOptions& options);

}  // namespace entente
