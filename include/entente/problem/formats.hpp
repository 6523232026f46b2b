// SPDX-License-Identifier: MIT
// Reading and writing problem files.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "entente/problem/builder.hpp"
#include "entente/problem/problem.hpp"
#include "entente/problem/resource_problem.hpp"
#include "entente/problem/schedule_problem.hpp"

namespace entente {

struct ReadOptions {
  std::uint64_t seed = 0;                                     ///< For `noise_level`.
  double infinity = std::numeric_limits<double>::infinity();  ///< A cost equal to this is a hard constraint.
  std::map<std::string, std::string> externals = {};          ///< External variable: value as text (`--ext`).
  bool externals_as_variables = false;                        ///< So that they may still change: see DynamicMaxSum.
  /// What is observed in a UAI problem: a file, or `none`. Empty: the file beside it that has `.evid` added to its name
  /// (without what says how it is compressed), if there is one.
  std::string evidence = {};
  std::function<void(const std::string&)> warn = {};  ///< Called once per warning; may be empty.
  BuildLimits limits = {};
};

/// Reads one problem from one or several files; `-` is standard input. The format follows the file's extension:
/// pyDCOP's YAML (`.yaml`, `.yml`; standard input and files without an extension too), WCSP (`.wcsp`), CFN (`.cfn`) and
/// UAI (`.uai`), each also compressed (`.gz`, `.xz`, `.zst` added). docs/file-formats.md says what is read of each.
///
/// Only YAML problems may have several files. Their sections are joined; an entry that two files give is an error. Of
/// `name`, `description` and `objective` the last one counts, with a warning. `source:` files are found beside the
/// first file. Noise depends on `seed`, the variable's position and the value's position alone. Beyond pyDCOP's format
/// a variable may have `unary_costs`, a list with one cost for each value of its domain. Errors  Error that names file,
/// line and key, what was found and what was expected.
Problem read_problem(std::span<const std::string> files, const ReadOptions& options = {});
/// The same from text that is already in memory; `name` stands for the file in messages.
Problem parse_pydcop_yaml(const std::string& text, const std::string& name, const ReadOptions& options = {});

/// The same of a WCSP, a CFN and a UAI file (evidence only from a file that the options name).
Problem parse_wcsp(const std::string& text, const std::string& name, const ReadOptions& options = {});
Problem parse_cfn(const std::string& text, const std::string& name, const ReadOptions& options = {});
Problem parse_uai(const std::string& text, const std::string& name, const ReadOptions& options = {});

/// Writes a problem so that reading it (with the same seed, where it has noise) gives the same problem: cost functions,
/// agents and extra keys included. Functions of a `source:` file are written as tables where they have one; external
/// variables get the value they have now.
/// Errors  Error{unsupported} for a domain whose only value is a text with dots, which the format reads as a range.
void write_pydcop_yaml(const Problem& problem, std::ostream& out);

struct WriteOptions {
  /// Decimal places that costs keep, 0 to 15: they are rounded, and WCSP, which knows whole numbers only, is written
  /// that many powers of ten larger. Unset: all digits, and WCSP refuses costs with a fraction.
  std::optional<int> precision = {};
  std::function<void(const std::string&)> warn = {};  ///< Told what the format cannot hold; may be empty.
};

/// Writes a problem in the format of the file's extension, as `read_problem` knows it, compressed where the extension
/// says so. The file is complete or not there: it takes its name when all is written.
///
/// Errors  Error{unsupported} for what the format cannot say: fractions in WCSP without `precision`, costs that no
///         potential stands for in UAI, computed functions too large for a table.
void write_problem(const Problem& problem, const std::string& file, const WriteOptions& options = {});
void write_wcsp(const Problem& problem, std::ostream& out, const WriteOptions& options = {});
void write_cfn(const Problem& problem, std::ostream& out, const WriteOptions& options = {});
void write_uai(const Problem& problem, std::ostream& out, const WriteOptions& options = {});

/// What agents coordinate besides constraints: which schedule each chooses, or how they share a resource.
using CoordinationProblem = std::variant<ScheduleProblem, ResourceProblem>;

/// Whether the file holds a schedule or resource problem: JSON (`.json`), or YAML with a `format` of its own at the
/// top. Looks at the beginning of the file only. Throws Error{bad_input} if it cannot be read.
bool is_coordination_problem(const std::string& file);
/// Reads one of them (`format: cohda` or `format: admm`), in JSON or YAML, also compressed; docs/resource-files.md says
/// what they hold. Of the options only `warn` counts.
/// Errors  Error that names file, line and key, what was found and what was expected.
CoordinationProblem read_coordination_problem(const std::string& file, const ReadOptions& options = {});
CoordinationProblem parse_coordination_problem(const std::string& text, const std::string& name,
                                               const ReadOptions& options = {});
/// Writes JSON that reads back the same.
void write_schedule_problem(const ScheduleProblem& problem, std::ostream& out);
void write_resource_problem(const ResourceProblem& problem, std::ostream& out);

/// Which agent hosts which computations, in file order.
struct Distribution {
  std::vector<std::pair<std::string, std::vector<std::string>>> hosted;
};
Distribution read_distribution(const std::string& file);

}  // namespace entente
