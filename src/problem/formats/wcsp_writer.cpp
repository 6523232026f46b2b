// SPDX-License-Identifier: MIT
// Writing WCSP files, whose costs are whole numbers of at least 0 to be minimised.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/function_listing.hpp"

namespace entente {
namespace {

constexpr double largest_whole = 9007199254740992;  // 2^53: all whole numbers up to here are exact
constexpr std::int64_t hard = std::numeric_limits<std::int64_t>::max();

class WcspWriter {
 public:
  WcspWriter(const Problem& problem, const WriteOptions& options)
      : problem_(problem), options_(options), functions_(problem, "WCSP") {
    rounded(0, options.precision);  // refuses a wrong number of places
    for (int i = 0; i < options.precision.value_or(0); ++i) scale_ *= 10;
    sign_ = problem.objective() == Objective::minimise ? 1 : -1;
  }

  void write(std::ostream& stream) {
    measure();
    explain();
    TextOutput out(stream);
    const bool impossible = top_ < 1;  // no cost is below the limit, but 0 is below every top that may be written
    std::int64_t largest = 0;
    for (VariableId v = 0; v < problem_.variable_count(); ++v)
      largest = std::max<std::int64_t>(largest, problem_.domain_size(v));
    out.text(name());
    for (const std::int64_t number :
         {std::int64_t(problem_.variable_count()), largest, static_cast<std::int64_t>(functions_.size() + impossible),
          impossible ? 1 : top_}) {
      out.text(" ");
      out.integer(number);
    }
    out.text("\n");
    for (VariableId v = 0; v < problem_.variable_count(); ++v) {
      if (v > 0) out.text(v % 30 ? " " : "\n");
      out.integer(problem_.domain_size(v));
    }
    out.text("\n");
    for (std::size_t f = 0; f < functions_.size(); ++f) write_function(out, f);
    if (impossible) out.text("0 1 0\n");
  }

 private:
  /// Reads all costs once: refuses what is no whole number, and finds offsets and the top.
  void measure() {
    double offset = 0, most = 0;
    for (std::size_t f = 0; f < functions_.size(); ++f) {
      const ListedFunction& function = functions_.at(f);
      std::int64_t low = 0, high = 0;
      bool any = false;
      function.costs([&](double cost) {
        const std::int64_t number = whole(cost, function);
        if (number == hard) return;
        low = any ? std::min(low, number) : number;
        high = any ? std::max(high, number) : number;
        any = true;
      });
      offsets_.push_back(std::min<std::int64_t>(low, 0));
      offset += static_cast<double>(offsets_.back());
      most += static_cast<double>(high - offsets_.back());
    }
    if (!(most < largest_whole) || !(-offset < largest_whole))
      refuse(Place{}, fmt::format("the costs may sum up to {:.3g}, beyond the 2^53 that are exact; use fewer decimal "
                                  "places",
                                  std::max(most, -offset)));
    offset_ = static_cast<std::int64_t>(offset);
    top_ = static_cast<std::int64_t>(most) + 1;
    if (const auto limit = problem_.cost_limit()) {
      const double scaled = std::ceil(sign_ * *limit * scale_ - offset);
      // Above what any assignment costs, the limit says nothing and may be as high as numbers go.
      top_ = static_cast<std::int64_t>(std::clamp(scaled, 0.0, 9223372036854774784.0));
    }
  }

  std::int64_t whole(double cost, const ListedFunction& function) const {
    if (problem_.is_hard(cost)) return hard;
    const double number = sign_ * (options_.precision ? std::round(rounded(cost, options_.precision) * scale_) : cost);
    if (!(std::abs(number) < largest_whole))
      refuse(place(function), fmt::format("the cost {} has too many digits, more than 2^53 at this precision", cost));
    if (number != std::floor(number))
      refuse(place(function), fmt::format("the cost {} is no whole number, as WCSP needs it; ask for a number of "
                                          "decimal places (--precision), and costs are scaled",
                                          cost));
    return static_cast<std::int64_t>(number);
  }

  Place place(const ListedFunction& function) const {
    return {{},
            0,
            0,
            function.constraint ? problem_.constraint_name(*function.constraint)
                                : problem_.variable_name(function.scope[0])};
  }
  [[noreturn]] static void refuse(const Place& place, const std::string& message) {
    throw Error(ErrorCode::unsupported, place, message);
  }

  /// Says what reading the file again will not give back.
  void explain() const {
    if (!options_.warn) return;
    if (!has_plain_names(problem_))
      options_.warn("WCSP holds no names: variables become x0, x1, … and values 0, 1, … in their order");
    if (sign_ == 1 && scale_ == 1 && offset_ == 0) return;
    options_.warn(fmt::format("the costs in the file are {} * cost{}{}", sign_ * scale_,
                              offset_ ? fmt::format(" + {}", -offset_) : "",
                              sign_ < 0 ? ", to be minimised, since WCSP knows no maximising" : ""));
  }

  /// One word.
  std::string name() const {
    std::string name = problem_.name().empty() ? "problem" : problem_.name();
    std::ranges::replace_if(
        name, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }, '_');
    constexpr std::size_t longest = 1000;
    if (name.size() <= longest) return name;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;  // whole characters of UTF-8
    return name.substr(0, end);
  }

  void write_function(TextOutput& out, std::size_t f) {
    const ListedFunction& function = functions_.at(f);
    const auto shared = functions_.shared(f);
    const bool again =
        shared.sharing == FunctionListing::Sharing::later || shared.sharing == FunctionListing::Sharing::last;
    const auto arity = static_cast<std::int64_t>(function.scope.size());
    out.integer(shared.sharing == FunctionListing::Sharing::first ? -arity : arity);
    for (const VariableId variable : function.scope) {
      out.text(" ");
      out.integer(variable);
    }
    const double usual = function.usual_cost();
    out.text(" ");
    out.integer(shifted(usual, function, f));
    out.text(" ");
    if (again) {
      out.integer(-std::int64_t(shared.group) - 1);
      out.text("\n");
      return;
    }
    out.integer(static_cast<std::int64_t>(function.unusual(usual)));
    out.text("\n");
    function.unusual_tuples(usual, [&](std::span<const ValueIndex> tuple, double cost) {
      for (const ValueIndex value : tuple) {
        out.integer(value);
        out.text(" ");
      }
      out.integer(shifted(cost, function, f));
      out.text("\n");
    });
  }

  std::int64_t shifted(double cost, const ListedFunction& function, std::size_t f) const {
    const std::int64_t number = whole(cost, function);
    return number == hard ? std::max<std::int64_t>(top_, 1) : number - offsets_[f];
  }

  const Problem& problem_;
  const WriteOptions& options_;
  FunctionListing functions_;
  double scale_ = 1, sign_ = 1;
  std::vector<std::int64_t> offsets_;  // what is taken off each function, at most 0
  std::int64_t offset_ = 0, top_ = 0;
};

}  // namespace

void write_wcsp(const Problem& problem, std::ostream& out, const WriteOptions& options) {
  WcspWriter(problem, options).write(out);
}

}  // namespace entente
