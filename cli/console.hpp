// SPDX-License-Identifier: MIT
// Console: everything people read while the program works, on standard error and in the log file.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace entente::cli {

/// Writes whole lines to standard error, and, with a time, to a log file when one was asked for. Results never pass
/// through here. May be used from any thread.
class Console {
 public:
  Console();
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// 0: errors, warnings and notes; 2: also what is being done; 3: also details.
  void set_verbosity(int verbosity) { verbosity_ = verbosity; }
  /// From here on all messages up to `info` (and `debug` if verbosity is 3) also go to `path`, which is overwritten.
  /// Throws Error{wrong_use} when the file cannot be written.
  void log_to(const std::string& path);

  void error(std::string_view text);
  void warning(std::string_view text);
  void note(std::string_view text);
  void info(std::string_view text);
  void debug(std::string_view text);

  /// Whether somebody watches: standard error is a terminal that can rewrite a line.
  bool live() const { return live_; }
  bool colours() const { return colours_; }
  /// Shows `line` in place of the line shown before; nothing unless `live`.
  void progress(const std::string& line);
  /// Takes the progress line away.
  void end_progress();

 private:
  void say(std::string_view level, std::string_view colour, std::string_view text, bool shown);
  void clear_line();

  std::mutex mutex_;
  int verbosity_ = 0;
  int log_ = -1;
  bool live_ = false, colours_ = false;
  std::string line_;
};

}  // namespace entente::cli
