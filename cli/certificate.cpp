// SPDX-License-Identifier: MIT
#include "certificate.hpp"

#include <fmt/format.h>

#include <limits>

#include "entente/base/error.hpp"

namespace entente::cli {
namespace {

const nlohmann::json& part_of(const nlohmann::json& json) {
  return json.is_object() && json.contains("certificate") ? json["certificate"] : json;
}

}  // namespace

Certificate read_certificate(const Problem& problem, const nlohmann::json& json, const std::string& file) {
  const auto refuse = [&](const std::string& key, const std::string& what) {
    throw Error(ErrorCode::bad_input, Place{file, 0, 0, key}, what);
  };
  const nlohmann::json& given = part_of(json);
  if (!given.is_object() || !given.contains("groups"))
    refuse("certificate", "is missing; results of 'entente solve -a optapo' have one");
  // What is not finite is written as null.
  const auto number = [&](const nlohmann::json& object, const char* key, const std::string& where) -> double {
    const auto found = object.find(key);
    if (found == object.end() || !(found->is_number() || found->is_null()))
      refuse(where, fmt::format("needs a number called '{}'", key));
    return found->is_null() ? std::numeric_limits<double>::infinity() : found->get<double>();
  };
  Certificate certificate;
  certificate.best = number(given, "best", "certificate");
  number(given, "bound", "certificate");
  if (!given["groups"].is_array()) refuse("certificate.groups", "is no list");
  for (const nlohmann::json& one : given["groups"]) {
    const std::string where = fmt::format("certificate.groups[{}]", certificate.groups.size());
    if (!one.is_object() || !one.contains("variables") || !one["variables"].is_array())
      refuse(where, "needs a list called 'variables'");
    Certificate::Group& group = certificate.groups.emplace_back();
    group.excess = number(one, "excess", where);
    for (const nlohmann::json& name : one["variables"]) {
      const auto variable = name.is_string() ? problem.find_variable(name.get<std::string>()) : std::nullopt;
      if (!variable)
        refuse(where, fmt::format("names {}, which is no variable of the problem", printable(name.dump())));
      group.variables.push_back(*variable);
    }
  }
  return certificate;
}

double stated_bound(const nlohmann::json& json) {
  const nlohmann::json& bound = part_of(json)["bound"];
  return bound.is_number() ? bound.get<double>() : std::numeric_limits<double>::infinity();
}

}  // namespace entente::cli
