// SPDX-License-Identifier: MIT
#include "entente/algorithm/plugin.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <list>
#include <mutex>
#include <system_error>

#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"

#ifndef ENTENTE_VERSION
#define ENTENTE_VERSION "unknown"
#endif

namespace entente {
namespace {

constexpr const char* how_to_build = "entente_add_algorithm, after find_package(Entente), makes plug-ins";

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error(ErrorCode::wrong_use, fmt::format("plug-in '{}' {}", printable(path, 200), reason));
}

/// Whether the file is a shared object that this process can map. A file cut short would else end the process when
/// its missing pages are touched.
template <class Header, class Segment>
std::string fault_of(std::ifstream& file, std::uint64_t size) {
  Header header{};
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(&header), sizeof header)) return "is cut short";
  if (header.e_type != ET_DYN) return "is an object file or a program, not a shared object";
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Segment segment{};
    const std::uint64_t at = header.e_phoff + std::uint64_t(i) * sizeof segment;
    if (header.e_phentsize != sizeof segment || at > size || !file.seekg(std::streamoff(at)) ||
        !file.read(reinterpret_cast<char*>(&segment), sizeof segment))
      return "is cut short";
    if (segment.p_type == PT_LOAD && (segment.p_offset > size || segment.p_filesz > size - segment.p_offset))
      return "is cut short";
  }
  return "";
}

void check_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) refuse(path, fmt::format("does not exist; {}", how_to_build));
  if (!std::filesystem::is_regular_file(status)) refuse(path, "is not a file, but a folder or a device");
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  const std::uint64_t size = std::filesystem::file_size(path, error);
  unsigned char name[EI_NIDENT] = {};
  file.read(reinterpret_cast<char*>(name), sizeof name);
  if (file.gcount() != sizeof name || std::memcmp(name, ELFMAG, SELFMAG) != 0)
    refuse(path, fmt::format("is not a shared object; {}", how_to_build));
  constexpr unsigned char ours = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  constexpr unsigned char order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (name[EI_CLASS] != ours || name[EI_DATA] != order)
    refuse(path, "is for another kind of processor; build it on this machine");
  const std::string fault =
      ours == ELFCLASS64 ? fault_of<Elf64_Ehdr, Elf64_Phdr>(file, size) : fault_of<Elf32_Ehdr, Elf32_Phdr>(file, size);
  if (!fault.empty()) refuse(path, fmt::format("{}; build it again", fault));
}

const Plugin& open(const std::string& path, const std::string& file) {
  check_file(path);
  // Never closed: algorithms are pointers into it.
  void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char* const why = dlerror();
    refuse(path, fmt::format("cannot be loaded: {}; build it again here, with entente_add_algorithm",
                             printable(why ? why : "no reason given", 300)));
  }
  const auto* const plugin = static_cast<const Plugin*>(dlsym(handle, plugin_entry));
  if (!plugin)
    refuse(path, fmt::format("is a shared object without '{}', so not an algorithm for Entente; {}", plugin_entry,
                             how_to_build));
  return *plugin;
}

void check_versions(const std::string& path, const Plugin& plugin) {
  constexpr const char* mend = "build it again with the find_package(Entente) of this version";
  if (plugin.magic != plugin_magic)
    refuse(path, fmt::format("has a '{}' that is not Entente's; {}", plugin_entry, how_to_build));
  if (plugin.bytes != sizeof(Plugin))
    refuse(path, fmt::format("was built against another version of Entente: it describes itself in {} bytes, {} in "
                             "this version {}; {}",
                             plugin.bytes, sizeof(Plugin), ENTENTE_VERSION, mend));
  const std::string version = plugin.version ? plugin.version : "unknown";
  if (version != ENTENTE_VERSION || plugin.frame != frame_version)
    refuse(path, fmt::format("was built against Entente {} (interface {}), but this is {} (interface {}); {}",
                             printable(version), plugin.frame, ENTENTE_VERSION, frame_version, mend));
  if (plugin.layout != plugin_layout())
    refuse(path, fmt::format("was built with {}, whose data lie otherwise than those of this program, built with {}; "
                             "use a compiler and standard library like this program's",
                             printable(plugin.compiler ? plugin.compiler : "another compiler"), __VERSION__));
  if (!plugin.algorithm) refuse(path, fmt::format("has no algorithm; {}", how_to_build));
}

struct Loaded {
  std::string file;
  Algorithm algorithm;
};

void check_name(const std::string& path, const Algorithm& algorithm, const std::list<Loaded>& loaded) {
  const std::string name(algorithm.info.name);
  if (name.empty()) refuse(path, "gives its algorithm no name; set .name in its Info");
  if (is_plugin_path(name))
    refuse(path, fmt::format("calls its algorithm '{}', which reads like a file; set another .name in its Info",
                             printable(name)));
  for (const Algorithm& known : algorithm_table())
    if (known.info.name == name)
      refuse(path, fmt::format("calls its algorithm '{}', as one of Entente's own; set another .name in its Info",
                               printable(name)));
  for (const Loaded& other : loaded)
    if (other.algorithm.info.name == name)
      refuse(path, fmt::format("calls its algorithm '{}', as the one of '{}' does; set another .name in its Info",
                               printable(name), printable(other.file, 200)));
}

}  // namespace

bool is_plugin_path(std::string_view name) { return name.find('/') != std::string_view::npos || name.ends_with(".so"); }

const Algorithm& load_plugin(const std::string& path) {
  static std::mutex mutex;
  static std::list<Loaded> loaded;  // a list: what was returned stays where it is
  const std::lock_guard lock(mutex);
  // A path with a '/', so that the loader searches nowhere else.
  std::error_code error;
  std::string file = std::filesystem::canonical(path, error).string();
  if (error) file = path;
  const auto known = std::find_if(loaded.begin(), loaded.end(), [&](const Loaded& one) { return one.file == file; });
  if (known != loaded.end()) return known->algorithm;
  const Plugin& plugin = open(path, file);
  check_versions(path, plugin);
  Algorithm algorithm = plugin.algorithm();
  check_name(path, algorithm, loaded);
  loaded.push_back({file, algorithm});
  return loaded.back().algorithm;
}

}  // namespace entente
