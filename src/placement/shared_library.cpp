// SPDX-License-Identifier: MIT
#include "placement/shared_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "entente/base/error.hpp"

namespace entente::placement {

SharedLibrary::SharedLibrary(const std::string& file, const std::string& package)
    : handle_(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)), file_(file) {
  if (handle_ == nullptr)
    throw Error(ErrorCode::unsupported,
                fmt::format("this way to place needs the library {}, which cannot be loaded; install the package {}",
                            file, package));
}

void* SharedLibrary::find(const char* name) const {
  void* const found = ::dlsym(handle_, name);
  if (found == nullptr)
    throw Error(ErrorCode::unsupported, fmt::format("the library {} has no function {}", file_, name));
  return found;
}

}  // namespace entente::placement
