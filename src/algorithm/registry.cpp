// SPDX-License-Identifier: MIT
#include "entente/algorithm/registry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "entente/algorithm/plugin.hpp"
#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"

namespace entente {

const Algorithm& find_algorithm(std::string_view name) {
  if (is_plugin_path(name)) return load_plugin(std::string(name));
  std::vector<std::string> names;
  for (const Algorithm& algorithm : algorithm_table()) {
    if (algorithm.info.name == name) return algorithm;
    names.emplace_back(algorithm.info.name);
  }
  throw Error(ErrorCode::wrong_use,
              fmt::format("there is no algorithm '{}'{}; there are {}; a plug-in is a path, such as ./mine.so",
                          printable(std::string(name)), did_you_mean(name, names), fmt::join(names, ", ")));
}

}  // namespace entente
