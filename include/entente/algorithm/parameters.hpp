// SPDX-License-Identifier: MIT
// Parameters: declared once, from which option checks, help and documentation are derived.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "entente/algorithm/info.hpp"

namespace entente {

/// A number in [low, high].
template <class P>
struct RealParameter {
  std::string_view name;
  double P::*member;
  double low, high;
  std::string_view help;
};
template <class P>
constexpr auto real(std::string_view name, double P::*member, double low, double high, std::string_view help) {
  return RealParameter<P>{name, member, low, high, help};
}

/// A whole number in [low, high].
template <class P>
struct IntegerParameter {
  std::string_view name;
  std::int64_t P::*member;
  std::int64_t low, high;
  std::string_view help;
};
template <class P>
constexpr auto integer(std::string_view name, std::int64_t P::*member, std::int64_t low, std::int64_t high,
                       std::string_view help) {
  return IntegerParameter<P>{name, member, low, high, help};
}

/// One of several words; the enumerator with the same position is assigned.
template <class P, class T, std::size_t N>
struct ChoiceParameter {
  std::string_view name;
  T P::*member;
  std::array<std::string_view, N> labels;
  std::string_view help;
};
template <class P, class T, std::size_t N>
constexpr auto choice(std::string_view name, T P::*member, const std::string_view (&labels)[N], std::string_view help) {
  ChoiceParameter<P, T, N> declared{name, member, {}, help};
  for (std::size_t i = 0; i < N; ++i) declared.labels[i] = labels[i];
  return declared;
}

namespace detail {

/// Reads a number, else throws Error{wrong_use} that names the parameter, its range and its default.
double read_real(std::string_view algorithm, const ParameterInfo& parameter, const std::string& text);
std::int64_t read_integer(std::string_view algorithm, const ParameterInfo& parameter, const std::string& text);
std::size_t read_choice(std::string_view algorithm, const ParameterInfo& parameter, const std::string& text);
[[noreturn]] void refuse_parameter(std::string_view algorithm, const std::string& name,
                                   const std::vector<ParameterInfo>& known);
[[noreturn]] void refuse_repeated(std::string_view algorithm, const std::string& name);
std::string number_text(double number);

template <class P>
ParameterInfo describe(const RealParameter<P>& p, const P& defaults) {
  return {std::string(p.name), "float", number_text(defaults.*p.member), p.low, p.high, {}, std::string(p.help)};
}
template <class P>
ParameterInfo describe(const IntegerParameter<P>& p, const P& defaults) {
  return {std::string(p.name), "int", std::to_string(defaults.*p.member), double(p.low), double(p.high), {},
          std::string(p.help)};
}
template <class P, class T, std::size_t N>
ParameterInfo describe(const ChoiceParameter<P, T, N>& p, const P& defaults) {
  return {std::string(p.name),
          "str",
          std::string(p.labels[std::size_t(defaults.*p.member)]),
          0,
          0,
          std::vector<std::string>(p.labels.begin(), p.labels.end()),
          std::string(p.help)};
}

template <class P>
void assign(std::string_view algorithm, const RealParameter<P>& p, P& into, const ParameterInfo& info,
            const std::string& text) {
  into.*p.member = read_real(algorithm, info, text);
}
template <class P>
void assign(std::string_view algorithm, const IntegerParameter<P>& p, P& into, const ParameterInfo& info,
            const std::string& text) {
  into.*p.member = read_integer(algorithm, info, text);
}
template <class P, class T, std::size_t N>
void assign(std::string_view algorithm, const ChoiceParameter<P, T, N>& p, P& into, const ParameterInfo& info,
            const std::string& text) {
  into.*p.member = static_cast<T>(read_choice(algorithm, info, text));
}

}  // namespace detail

/// What algorithm `A` lets the user set, in declared order.
template <class A>
std::vector<ParameterInfo> parameters_of() {
  const typename A::Params defaults{};
  std::vector<ParameterInfo> list;
  std::apply([&](const auto&... declared) { (list.push_back(detail::describe(declared, defaults)), ...); },
             A::parameters);
  return list;
}

/// Reads `settings` over the defaults. Throws Error{wrong_use} for an unknown name, a name given twice, or a value
/// outside its range.
template <class A>
typename A::Params read_params(std::span<const Setting> settings) {
  typename A::Params params{};
  const auto known = parameters_of<A>();
  std::vector<bool> given(known.size());
  for (const Setting& setting : settings) {
    const std::string &name = setting.first, &text = setting.second;
    std::size_t at = 0;
    bool found = false;
    std::apply(
        [&](const auto&... declared) {
          ((declared.name == name && !found
                ? (detail::assign(A::info.name, declared, params, known[at], text), found = true, void())
                : (found ? void() : void(++at))),
           ...);
        },
        A::parameters);
    if (!found) detail::refuse_parameter(A::info.name, name, known);
    if (given[at]) detail::refuse_repeated(A::info.name, name);
    given[at] = true;
  }
  return params;
}

}  // namespace entente
