// SPDX-License-Identifier: MIT
#include "base/shared_library.hpp"

#include <dlfcn.h>

#include "entente/base/error.hpp"

namespace entente {

SharedLibrary::SharedLibrary(const std::string& file, const std::string& package, const std::string& user)
    : handle_(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)), file_(file) {
  if (handle_ == nullptr)
    throw Error(ErrorCode::unsupported,
                user + " needs the library " + file + ", which cannot be loaded; install the package " + package);
}

void* SharedLibrary::find(const char* name) const {
  void* const found = ::dlsym(handle_, name);
  if (found == nullptr) throw Error(ErrorCode::unsupported, "the library " + file_ + " has no function " + name);
  return found;
}

}  // namespace entente
