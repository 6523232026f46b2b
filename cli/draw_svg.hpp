// SPDX-License-Identifier: MIT
// Drawing with Graphviz.
#pragma once

#include <string>

namespace entente::cli {

/// Returns the picture that Graphviz' `dot` draws of `dot_text`, as SVG. Throws Error{wrong_use} when the program
/// `dot` is not installed or fails, with its words.
std::string draw_svg(const std::string& dot_text);

}  // namespace entente::cli
