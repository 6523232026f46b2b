// SPDX-License-Identifier: MIT
// Reading the problem a command works on, with the options all such commands share.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "entente/problem/formats.hpp"
#include "entente/problem/problem.hpp"

namespace entente::cli {

/// The options that say which problem is meant: files, `--infinity`, `--evidence`, `--ext`.
class ProblemFiles {
 public:
  /// Adds the options to `app`; with the files as positional argument FILE unless `with_files` is false.
  void declare(CLI::App& app, bool with_files = true);
  /// Reads the problem; warnings go to the console. Throws Error as `read_problem`, and when --output is one of the
  /// files.
  Problem read(Invocation& invocation, const BuildLimits& limits = {}) const;

  /// Throws Error{wrong_use} when --output is one of the files.
  void check_output(const Invocation& invocation) const;

  std::vector<std::string> files;

 private:
  std::string infinity_, evidence_;
  std::vector<std::string> externals_;
};

}  // namespace entente::cli
