// SPDX-License-Identifier: MIT
// read_problem: from a file's extension to its reader.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/cfn.hpp"
#include "problem/formats/file_type.hpp"
#include "problem/formats/pydcop_yaml.hpp"
#include "problem/formats/wcsp.hpp"

namespace entente {

FileType file_type(const std::string& file) {
  FileType type;
  // Without an extension, as /dev/fd/63 of a shell's <(…), a file is YAML like standard input.
  if (file == "-") return type;
  std::filesystem::path path(file);
  const std::string extension = path.extension().string();
  if (extension.empty()) return type;
  if (extension == ".yaml" || extension == ".yml") return type;
  if (extension == ".wcsp" || extension == ".cfn") {
    type.format = extension == ".wcsp" ? Format::wcsp : Format::cfn;
    return type;
  }
  throw Error(ErrorCode::unsupported, Place{file, 0, 0, {}},
              fmt::format("the file type {} is not known; known are .yaml, .yml, .wcsp", printable(extension)));
}

Problem read_problem(std::span<const std::string> files, const ReadOptions& options) {
  if (files.empty()) throw Error(ErrorCode::wrong_use, "no problem file is given; name one, or - for standard input");
  std::vector<FileType> types;
  for (const std::string& file : files) types.push_back(file_type(file));
  const auto other = std::ranges::find_if(types, [](const FileType& type) { return type.format != Format::yaml; });
  if (other == types.end()) return read_pydcop_yaml(files, options);
  const std::string& file = files[static_cast<std::size_t>(other - types.begin())];
  if (files.size() > 1)
    throw Error(ErrorCode::wrong_use, Place{file, 0, 0, {}},
                "only YAML problems may be given in several files; name this one alone");
  if (other->format == Format::cfn) return read_cfn(open_file(file), file, options);
  return read_wcsp(open_file(file), file, options);
}

}  // namespace entente
