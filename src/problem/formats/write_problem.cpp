// SPDX-License-Identifier: MIT
// write_problem: from a file's extension to its writer, and the file itself.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/compression.hpp"
#include "problem/formats/file_type.hpp"

namespace entente {
namespace {

[[noreturn]] void fail(const std::string& file, int reason) {
  throw Error(ErrorCode::bad_input, Place{file, 0, 0, {}},
              "cannot be written: " + std::generic_category().message(reason ? reason : EIO));
}

void write_as(const Problem& problem, std::ostream& out, Format format, const WriteOptions& options) {
  switch (format) {
    case Format::wcsp: return write_wcsp(problem, out, options);
    case Format::cfn: return write_cfn(problem, out, options);
    case Format::uai: return write_uai(problem, out, options);
    case Format::json:
      throw Error(ErrorCode::unsupported,
                  "JSON holds schedule and resource problems; choose .yaml, .wcsp, .cfn or .uai");
    case Format::yaml: break;
  }
  if (problem.cost_limit() && options.warn)
    options.warn(fmt::format("YAML holds no limit: that an answer has to be better than {} is not in the file",
                             *problem.cost_limit()));
  if (options.precision && options.warn) options.warn("YAML keeps all digits of costs; the precision has no effect");
  write_pydcop_yaml(problem, out);
}

void write_to(const Problem& problem, const std::string& path, const std::string& file, const WriteOptions& options) {
  const FileType type = file_type(file);
  errno = 0;
  std::ofstream out(path, std::ios::binary);
  if (!out) fail(file, errno);
  if (type.compression == Compression::none) {
    write_as(problem, out, type.format, options);
  } else {
    const auto buffer = compress(out, type.compression);
    std::ostream compressed(buffer.get());
    write_as(problem, compressed, type.format, options);
    if (!buffer->finish()) fail(file, errno);
  }
  out.close();
  if (!out) fail(file, errno);
}

}  // namespace

void write_problem(const Problem& problem, const std::string& file, const WriteOptions& options) {
  file_type(file);  // refuses what is not known before anything is written
  std::error_code error;
  const auto status = std::filesystem::symlink_status(file, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    write_to(problem, file, file, options);  // a device or a pipe, which has no other name
    return;
  }
  const std::string partial = fmt::format("{}.{}.partial", file, ::getpid());
  try {
    write_to(problem, partial, file, options);
    std::filesystem::rename(partial, file, error);
    if (error) fail(file, error.value());
  } catch (...) {
    std::filesystem::remove(partial, error);
    throw;
  }
}

}  // namespace entente
