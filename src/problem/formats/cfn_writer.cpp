// SPDX-License-Identifier: MIT
// Writing CFN files, as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "entente/problem/formats.hpp"
#include "problem/formats/function_listing.hpp"

namespace entente {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      result += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result + '"';
}

/// The shortest decimal that is read back as `number`; CFN has no exponents.
std::string decimal(double number) {
  char digits[400];
  return {digits, std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed).ptr};
}

std::size_t decimal_places(std::string_view decimal) {
  const std::size_t point = decimal.find('.');
  return point == std::string_view::npos ? 0 : decimal.size() - point - 1;
}

/// Whether other programs that read CFN take it as a name.
bool is_common_name(std::string_view name) {
  return !name.empty() && name.find_first_of("0123456789-.+") != 0 && std::ranges::none_of(name, [](char c) {
    return std::string_view("/#[]{}\"\\:,").find(c) != std::string_view::npos || static_cast<unsigned char>(c) <= ' ';
  });
}

class CfnWriter {
 public:
  CfnWriter(const Problem& problem, std::ostream& out, const WriteOptions& options)
      : problem_(problem),
        options_(options),
        functions_(problem, "CFN"),
        maximise_(problem.objective() == Objective::maximise),
        out_(out) {}

  void write() {
    measure();
    explain();
    out_.text(fmt::format("{{\n\"problem\": {{\"name\": {}, \"mustbe\": \"{}{}\"}},\n",
                          quoted(problem_.name().empty() ? "problem" : problem_.name()), maximise_ ? '>' : '<',
                          limit()));
    out_.text("\"variables\": {");
    for (VariableId v = 0; v < problem_.variable_count(); ++v)
      out_.text(fmt::format("{}{}: {}", v ? ",\n" : "\n", quoted(problem_.variable_name(v)), values(v)));
    out_.text("\n},\n\"functions\": {");
    for (std::size_t f = 0; f < functions_.size(); ++f) {
      out_.text(f ? ",\n" : "\n");
      write_function(f);
    }
    out_.text("\n}\n}\n");
  }

 private:
  void measure() {
    for (std::size_t f = 0; f < functions_.size(); ++f) {
      double worst = 0;
      bool any = false;
      const ListedFunction& function = functions_.at(f);
      const auto shared = functions_.shared(f);
      const bool seen = shared.sharing == FunctionListing::Sharing::later;
      function.costs([&](double cost) {
        if (problem_.is_hard(cost)) return;
        if (!seen) places_ = std::max(places_, decimal_places(number(cost)));
        worst = !any ? cost : maximise_ ? std::min(worst, cost) : std::max(worst, cost);
        any = true;
      });
      worst_ += worst;
    }
    for (const Domain& domain : problem_.domains()) sized_.push_back(is_sized(domain));
    rounded(0, options_.precision);
  }

  void explain() const {
    if (!options_.warn) return;
    bool numbers = false, uncommon = false;
    for (std::size_t d = 0; d < sized_.size(); ++d)
      for (const Value& value : problem_.domains()[d].values) {
        if (sized_[d]) break;
        numbers = numbers || !std::holds_alternative<std::string>(value);
        uncommon = uncommon || !is_common_name(to_text(value));
      }
    for (VariableId v = 0; v < problem_.variable_count() && !uncommon; ++v)
      uncommon = !is_common_name(problem_.variable_name(v));
    if (numbers) options_.warn("CFN knows values as text: numbers among them are read back as text");
    if (uncommon)
      options_.warn(
          "some names begin with a digit or a sign, or hold blanks or brackets; other programs may not read them");
    constexpr std::size_t common_places = 9;
    if (places_ > common_places)
      options_.warn(
          fmt::format("costs have up to {} decimal places, more than other programs hold; a precision "
                      "(--precision 6) rounds them",
                      places_));
  }

  static bool is_sized(const Domain& domain) {
    for (std::size_t i = 0; i < domain.values.size(); ++i) {
      const auto* number = std::get_if<std::int64_t>(&domain.values[i]);
      if (!number || *number != static_cast<std::int64_t>(i)) return false;
    }
    return true;
  }

  std::string number(double cost) const {
    if (problem_.is_hard(cost)) return maximise_ ? "-inf" : "inf";
    return decimal(rounded(cost, options_.precision));
  }

  /// The bound with as many decimal places as costs have: other programs round costs to its places.
  std::string limit() const {
    std::string text =
        decimal(problem_.cost_limit().value_or(maximise_ ? std::floor(worst_) - 1 : std::ceil(worst_) + 1));
    if (decimal_places(text) < places_) {
      if (text.find('.') == std::string::npos) text += '.';
      text.append(places_ - decimal_places(text), '0');
    }
    return text;
  }

  std::string values(VariableId variable) const {
    const Domain& domain = problem_.domain(variable);
    if (sized_[problem_.domain_id(variable)]) return fmt::format("{}", domain.values.size());
    std::string list = "[";
    for (const Value& value : domain.values) list += (list.size() > 1 ? ", " : "") + quoted(to_text(value));
    return list + "]";
  }

  std::string value(VariableId variable, ValueIndex index) const {
    if (sized_[problem_.domain_id(variable)]) return fmt::format("{}", index);
    return quoted(to_text(problem_.domain(variable).values[static_cast<std::size_t>(index)]));
  }

  /// Constraints keep their names; own costs are called like their variable, or nearly so.
  std::string name(const ListedFunction& function) {
    if (function.constraint) return problem_.constraint_name(*function.constraint);
    std::string name = problem_.variable_name(function.scope[0]);
    while (problem_.find_constraint(name) || !own_names_.insert(name).second) name += "_cost";
    return name;
  }

  void write_function(std::size_t f) {
    const ListedFunction& function = functions_.at(f);
    std::string scope;
    for (const VariableId variable : function.scope)
      scope += (scope.empty() ? "" : ", ") + quoted(problem_.variable_name(variable));
    out_.text(fmt::format("{}: {{\"scope\": [{}], ", quoted(name(function)), scope));
    const auto shared = functions_.shared(f);
    // The format wants the costs at the last function that has them; those before refer to it.
    if (shared.sharing == FunctionListing::Sharing::first || shared.sharing == FunctionListing::Sharing::later) {
      out_.text(fmt::format("\"costs\": {}}}", quoted(problem_.constraint_name(functions_.last_of(f)))));
      return;
    }
    const double usual = function.usual_cost();
    const std::size_t unusual = function.unusual(usual);
    if (function.sparse || (function.scope.size() > 1 && unusual * (function.scope.size() + 1) < function.cell_count)) {
      out_.text(fmt::format("\"defaultcost\": {}, \"costs\": [", number(usual)));
      bool first = true;
      function.unusual_tuples(usual, [&](std::span<const ValueIndex> tuple, double cost) {
        if (!first) out_.text(",\n ");
        first = false;
        for (std::size_t k = 0; k < tuple.size(); ++k) out_.text(value(function.scope[k], tuple[k]) + ", ");
        out_.text(number(cost));
      });
    } else {
      out_.text("\"costs\": [");
      for (std::size_t cell = 0; cell < function.cells.size(); ++cell)
        out_.text((cell ? ", " : "") + number(function.cells[cell]));
    }
    out_.text("]}");
  }

  const Problem& problem_;
  const WriteOptions& options_;
  FunctionListing functions_;
  bool maximise_;
  TextOutput out_;
  std::size_t places_ = 0;
  double worst_ = 0;         // no assignment costs more, or less where costs are maximised
  std::vector<bool> sized_;  // by domain: its values are 0, 1, …
  std::unordered_set<std::string> own_names_;
};

}  // namespace

void write_cfn(const Problem& problem, std::ostream& out, const WriteOptions& options) {
  CfnWriter(problem, out, options).write();
}

}  // namespace entente
