// SPDX-License-Identifier: MIT
// read_problem: from a file's extension to its reader.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/cfn.hpp"
#include "problem/formats/compression.hpp"
#include "problem/formats/file_type.hpp"
#include "problem/formats/pydcop_yaml.hpp"
#include "problem/formats/uai.hpp"
#include "problem/formats/wcsp.hpp"

namespace entente {
namespace {

constexpr std::pair<const char*, Format> formats[] = {{".yaml", Format::yaml}, {".yml", Format::yaml},
                                                      {".wcsp", Format::wcsp}, {".cfn", Format::cfn},
                                                      {".uai", Format::uai},   {".json", Format::json}};
constexpr std::pair<const char*, Compression> compressions[] = {
    {".gz", Compression::gzip}, {".xz", Compression::xz}, {".zst", Compression::zstd}};

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

/// The file of observations that belongs to a UAI file; empty if there is none.
std::string evidence_of(const std::string& file, Compression compression, const std::string& wanted) {
  if (wanted == "none") return {};
  if (!wanted.empty()) return wanted;
  std::filesystem::path plain(file);
  if (compression != Compression::none) plain.replace_extension();
  std::error_code unknown;
  for (const std::string& beside : {plain.string() + ".evid", file + ".evid"})
    if (std::filesystem::exists(beside, unknown)) return beside;
  return {};
}

}  // namespace

Compression compression_of(const std::string& file) {
  const std::string extension = lower_case(std::filesystem::path(file).extension().string());
  const auto found =
      std::ranges::find(compressions, extension, [](const auto& one) { return std::string_view(one.first); });
  return found == std::end(compressions) ? Compression::none : found->second;
}

FileType file_type(const std::string& file) {
  FileType type;
  // Without an extension, as /dev/fd/63 of a shell's <(…), a file is YAML like standard input.
  if (file == "-") return type;
  std::filesystem::path path(file);
  std::string extension = lower_case(path.extension().string());
  if (extension.empty()) return type;
  type.compression = compression_of(file);
  if (type.compression != Compression::none) {
    extension = lower_case(path.stem().extension().string());
  }
  const auto format =
      std::ranges::find(formats, extension, [](const auto& one) { return std::string_view(one.first); });
  if (format == std::end(formats)) {
    std::string known;
    for (const auto& [name, meaning] : formats) known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
    throw Error(ErrorCode::unsupported, Place{file, 0, 0, {}},
                fmt::format("the file type {} is not known; known are {}, each also with .gz, .xz or .zst",
                            printable(extension.empty() ? path.extension().string() : extension), known));
  }
  type.format = format->second;
  return type;
}

Problem read_problem(std::span<const std::string> files, const ReadOptions& options) {
  if (files.empty()) throw Error(ErrorCode::wrong_use, "no problem file is given; name one, or - for standard input");
  std::vector<FileType> types;
  for (const std::string& file : files) types.push_back(file_type(file));
  const auto other = std::ranges::find_if(types, [](const FileType& type) { return type.format != Format::yaml; });
  const bool all_yaml = other == types.end();
  const std::string& file = files[all_yaml ? 0 : static_cast<std::size_t>(other - types.begin())];
  const FileType type = all_yaml ? types.front() : *other;
  if (!options.evidence.empty() && options.evidence != "none" && type.format != Format::uai)
    throw Error(ErrorCode::wrong_use, Place{file, 0, 0, {}}, "evidence belongs to UAI problems; this is none");
  if (all_yaml) return read_pydcop_yaml(files, options);
  if (files.size() > 1)
    throw Error(ErrorCode::wrong_use, Place{file, 0, 0, {}},
                "only YAML problems may be given in several files; name this one alone");
  if (!options.externals.empty())
    throw Error(ErrorCode::wrong_use, Place{file, 0, 0, {}},
                "external variables belong to YAML problems; this has none");
  if (type.format == Format::json)
    throw Error(ErrorCode::wrong_use, Place{file, 0, 0, {}},
                "JSON holds schedule and resource problems; expected a constraint problem here");
  if (type.format == Format::cfn) return read_cfn(open_problem_file(file), file, options);
  if (type.format == Format::wcsp) return read_wcsp(open_problem_file(file), file, options);
  return read_uai(open_problem_file(file), file, evidence_of(file, type.compression, options.evidence), options);
}

}  // namespace entente
