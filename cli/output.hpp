// SPDX-License-Identifier: MIT
// Output: where results go, standard output and a file, with every failure noticed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace entente::cli {

/// Writes one text to several places. A reader that closed its end of the pipe is no error: it has seen enough.
///
/// Files are opened when they are added, so that a place that cannot be written is known before the work begins, but
/// keep what they hold until the first byte is written.
class Output {
 public:
  Output();
  ~Output();  ///< A file that was made for this output and never written is taken away again.
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void add_standard_output();
  /// `option` is named in errors, as in `--output`. Throws Error{wrong_use}.
  void add_file(const std::string& path, std::string_view option);
  /// Same, and continues at the file's end. Returns whether the file is still empty.
  bool append_to_file(const std::string& path, std::string_view option);

  void write(std::string_view text);
  void flush();
  /// Whether some place still takes text; false once the readers of all have closed their pipes.
  bool is_open() const;
  /// Flushes and closes. Throws Error{wrong_use} when something did not reach its place, e.g. a full disk.
  void finish();

 private:
  struct Place;
  struct State;
  Place& open(const std::string& path, std::string_view option, bool append);

  std::unique_ptr<State> state_;
};

}  // namespace entente::cli
