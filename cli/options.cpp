// SPDX-License-Identifier: MIT
// Options on top of CLI11: our own number parsing, ranges and messages.
#include "options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"

namespace entente::cli {
namespace {

/// `--timeout` of `-t,--timeout`; `FILE` of a positional argument.
std::string long_name(const std::string& names) {
  const std::size_t dashes = names.find("--");
  return dashes == std::string::npos ? names : names.substr(dashes, names.find(',', dashes) - dashes);
}

std::string range_text(Range range) {
  if (std::isinf(range.high) && std::isinf(range.low)) return "any number";
  if (std::isinf(range.high)) return fmt::format("{} or more", range.low);
  return fmt::format("{} to {}", range.low, range.high);
}

std::string whole_range_text(std::uint64_t low, std::uint64_t high) {
  return high == no_limit ? fmt::format("{} or more", low) : fmt::format("{} to {}", low, high);
}

std::string shown(std::string_view text) { return fmt::format("'{}'", printable(std::string(text))); }

template <typename Store>
CLI::Option* add_checked(CLI::App& app, const std::string& names, const std::string& unit, const std::string& help,
                         Store store) {
  return app
      .add_option(
          names,
          [store = std::move(store)](const CLI::results_t& results) {
            store(results.back());
            return true;
          },
          help)
      ->type_name(unit)
      ->type_size(1)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

}  // namespace

double parse_real(std::string_view text, std::string_view what, Range range) {
  double number = 0;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (problem != std::errc() || end != digits.data() + digits.size() || std::isnan(number)) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("{}: {} is not a number; expected {}", what, shown(text), range_text(range)));
  }
  if (number < range.low || number > range.high) {
    throw Error(ErrorCode::wrong_use, fmt::format("{}: {} is outside the range {}", what, text, range_text(range)));
  }
  return number;
}

std::uint64_t parse_whole(std::string_view text, std::string_view what, std::uint64_t low, std::uint64_t high) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = end == text.data() + text.size() && !text.empty();
  const bool negative = text.size() > 1 && text[0] == '-' && text.find_first_not_of("0123456789", 1) == text.npos;
  if (!negative && (!whole || (problem != std::errc() && problem != std::errc::result_out_of_range))) {
    throw Error(ErrorCode::wrong_use, fmt::format("{}: {} is not a whole number; expected {}", what, shown(text),
                                                  whole_range_text(low, high)));
  }
  if (negative || problem != std::errc() || number < low || number > high) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("{}: {} is outside the range {}", what, printable(std::string(text)),
                            high == no_limit ? fmt::format("{} to {}", low, high) : whole_range_text(low, high)));
  }
  return number;
}

std::pair<std::string, std::string> parse_pair(const std::string& text, char separator, std::string_view what) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos || at == 0) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("{}: {} is not of the form name{}value", what, shown(text), separator));
  }
  return {text.substr(0, at), text.substr(at + 1)};
}

CLI::Option* add_text(CLI::App& app, const std::string& names, std::string& target, const std::string& unit,
                      const std::string& help) {
  const std::string ending = target.empty() ? "" : fmt::format(" [default {}]", target);
  return add_checked(app, names, unit, help + ending, [&target](const std::string& text) { target = text; });
}

CLI::Option* add_texts(CLI::App& app, const std::string& names, std::vector<std::string>& target,
                       const std::string& unit, const std::string& help) {
  CLI::Option* option = app.add_option(names, target, help)->type_name(unit);
  // Without this an option would swallow the file names that follow it.
  if (!option->get_positional()) option->allow_extra_args(false);
  return option;
}

CLI::Option* add_flag(CLI::App& app, const std::string& names, bool& target, const std::string& help) {
  return app.add_flag(names, target, help)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

CLI::Option* add_real(CLI::App& app, const std::string& names, double& target, Range range, const std::string& unit,
                      const std::string& help) {
  return add_checked(
      app, names, unit, fmt::format("{} [{}; default {}]", help, range_text(range), target),
      [&target, range, what = long_name(names)](const std::string& text) { target = parse_real(text, what, range); });
}

CLI::Option* add_real(CLI::App& app, const std::string& names, std::optional<double>& target, Range range,
                      const std::string& unit, const std::string& help) {
  return add_checked(
      app, names, unit, fmt::format("{} [{}]", help, range_text(range)),
      [&target, range, what = long_name(names)](const std::string& text) { target = parse_real(text, what, range); });
}

CLI::Option* add_whole(CLI::App& app, const std::string& names, std::uint64_t& target, std::uint64_t low,
                       std::uint64_t high, const std::string& unit, const std::string& help) {
  return add_checked(app, names, unit, fmt::format("{} [{}; default {}]", help, whole_range_text(low, high), target),
                     [&target, low, high, what = long_name(names)](const std::string& text) {
                       target = parse_whole(text, what, low, high);
                     });
}

CLI::Option* add_whole(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& target, std::uint64_t low,
                       std::uint64_t high, const std::string& unit, const std::string& help) {
  return add_checked(app, names, unit, fmt::format("{} [{}]", help, whole_range_text(low, high)),
                     [&target, low, high, what = long_name(names)](const std::string& text) {
                       target = parse_whole(text, what, low, high);
                     });
}

CLI::Option* add_choice(CLI::App& app, const std::string& names, std::string& target,
                        const std::vector<std::string>& choices, const std::string& help) {
  const std::string ending = target.empty() ? "" : fmt::format(" [default {}]", target);
  return add_checked(app, names, fmt::format("{}", fmt::join(choices, "|")), help + ending,
                     [&target, choices, what = long_name(names)](const std::string& text) {
                       if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
                         throw Error(ErrorCode::wrong_use,
                                     fmt::format("{}: {} is none of {}{}", what, shown(text), fmt::join(choices, ", "),
                                                 did_you_mean(text, choices)));
                       }
                       target = text;
                     });
}

CLI::Option* add_bytes(CLI::App& app, const std::string& names, std::size_t& target, const std::string& help) {
  return add_checked(app, names, "BYTES", help, [&target, what = long_name(names)](const std::string& text) {
    constexpr std::string_view suffixes = "KMGT";
    std::string digits = text;
    for (const std::string_view ending : {"iB", "B"}) {
      if (digits.ends_with(ending)) {
        digits.resize(digits.size() - ending.size());
        break;
      }
    }
    double unit = 1;
    if (!digits.empty()) {
      const std::size_t power =
          suffixes.find(static_cast<char>(std::toupper(static_cast<unsigned char>(digits.back()))));
      if (power != suffixes.npos) {
        digits.pop_back();
        unit = std::ldexp(1.0, 10 * static_cast<int>(power + 1));
      }
    }
    double bytes = -1;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
    bytes *= unit;
    if (problem != std::errc() || end != digits.data() + digits.size() || !(bytes >= 1 && bytes <= 0x1p62)) {
      throw Error(
          ErrorCode::wrong_use,
          fmt::format("{}: {} is no size; expected bytes from 1 on, as in 500000, 512M or 1.5G", what, shown(text)));
    }
    target = static_cast<std::size_t>(bytes);
  });
}

void set_example(CLI::App& app, const std::string& example) { app.footer(example); }

}  // namespace entente::cli
