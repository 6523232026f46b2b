// SPDX-License-Identifier: MIT
// Declaring options: one call an option, from which parsing, range checks, help, man pages and completion follow.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace entente::cli {

/// The range of options that count something and have no natural end.
inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// Inclusive.
struct Range {
  double low = 0, high = std::numeric_limits<double>::infinity();
};

// Each function declares an option `names` ("-t,--timeout") of `app` that stores into `target`, whose present value is
// the default. `unit` stands for the argument in help. A value outside the range or list ends in an Error{wrong_use}
// that names the option, what was found and what is allowed. Given twice, the last one counts.

CLI::Option* add_text(CLI::App& app, const std::string& names, std::string& target, const std::string& unit,
                      const std::string& help);
/// May be given several times; every one counts. As a positional argument, takes all words that are left.
CLI::Option* add_texts(CLI::App& app, const std::string& names, std::vector<std::string>& target,
                       const std::string& unit, const std::string& help);
CLI::Option* add_flag(CLI::App& app, const std::string& names, bool& target, const std::string& help);
CLI::Option* add_real(CLI::App& app, const std::string& names, double& target, Range range, const std::string& unit,
                      const std::string& help);
CLI::Option* add_real(CLI::App& app, const std::string& names, std::optional<double>& target, Range range,
                      const std::string& unit, const std::string& help);
CLI::Option* add_whole(CLI::App& app, const std::string& names, std::uint64_t& target, std::uint64_t low,
                       std::uint64_t high, const std::string& unit, const std::string& help);
CLI::Option* add_whole(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& target, std::uint64_t low,
                       std::uint64_t high, const std::string& unit, const std::string& help);
/// One of `choices`; help shows them as `a|b|c`.
CLI::Option* add_choice(CLI::App& app, const std::string& names, std::string& target,
                        const std::vector<std::string>& choices, const std::string& help);
/// Bytes: a number with an optional suffix K, M, G or T (powers of 1024).
CLI::Option* add_bytes(CLI::App& app, const std::string& names, std::size_t& target, const std::string& help);

/// `text` as a number from `low` to `high`, `inf` and `-inf` among them; never depends on the locale. Throws
/// Error{wrong_use} that begins with `what`.
double parse_real(std::string_view text, std::string_view what, Range range);
std::uint64_t parse_whole(std::string_view text, std::string_view what, std::uint64_t low, std::uint64_t high);
/// `name:value` or `name=value`, split at the first separator. Throws Error{wrong_use} that begins with `what`.
std::pair<std::string, std::string> parse_pair(const std::string& text, char separator, std::string_view what);

/// Where an app keeps the example line that its help ends with.
void set_example(CLI::App& app, const std::string& example);

}  // namespace entente::cli
