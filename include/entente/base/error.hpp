// SPDX-License-Identifier: MIT
// Error: bad input or wrong use, said so that the user can mend it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace entente {

enum class ErrorCode {
  bad_input,    ///< A file or message is malformed or inconsistent.
  wrong_use,    ///< An option, parameter or call is outside what is allowed.
  too_large,    ///< A limit the user can set (memory, cells, instructions) would be passed.
  unsupported,  ///< Well formed, but outside what this part handles.
  internal,     ///< A fault of ours.
};

/// Where in the user's input something was found. Lines and columns count from 1; 0 means unknown.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string key;  ///< For example `constraints.c1.function`.

  /// `problem.yaml:9:14: constraints.c1.function`, with what is unknown left out.
  std::string to_text() const;
};

/// What set-up code throws. `what()` names place, the thing, what was found, what was expected and how to mend it.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Error(ErrorCode code, const Place& place, const std::string& message);

  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

/// Shortens `text` to `limit` bytes and escapes control characters, so that hostile input cannot reach a terminal.
std::string printable(const std::string& text, std::size_t limit = 60);

}  // namespace entente
