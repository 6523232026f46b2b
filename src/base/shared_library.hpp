// SPDX-License-Identifier: MIT
// SharedLibrary: a library of others that is loaded when it is first needed, so that starting costs nothing.
#pragma once

#include <string>

namespace entente {

class SharedLibrary {
 public:
  /// Loads `file` (as in `libmetis.so.5`) for the life of the process. Throws Error{unsupported} that says what needs
  /// it (`user`, as in `this way to place`) and names the `package` that has it.
  SharedLibrary(const std::string& file, const std::string& package, const std::string& user);

  /// The function `name`. Throws as above.
  template <class Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(find(name));
  }

 private:
  void* find(const char* name) const;
  void* handle_;
  std::string file_;
};

}  // namespace entente
