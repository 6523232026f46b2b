// SPDX-License-Identifier: MIT
#include "deploy/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

[[noreturn]] void refuse(const char* what) {
  const int why = errno;
  throw Error(ErrorCode::too_large,
              fmt::format("cannot make {}: {}{}", what, std::strerror(why),
                          why == EMFILE ? "; allow more open files ('ulimit -n'), or use fewer agents" : ""));
}

/// Takes over `number`, whose value is too low to keep.
Descriptor raised(int number, const char* what) {
  if (number < 0) refuse(what);
  Descriptor low(number);
  const int high = fcntl(number, F_DUPFD_CLOEXEC, 16);
  if (high < 0) refuse(what);
  return Descriptor(high);
}

}  // namespace

void Descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) refuse("a pipe");
  Descriptor write(ends[1]);
  Pipe pipe{raised(ends[0], "a pipe"), {}};
  pipe.write = raised(std::exchange(write, Descriptor()).number(), "a pipe");
  return pipe;
}

Descriptor make_memory_file(const std::string& name, std::string_view text) {
  Descriptor file = raised(memfd_create(name.c_str(), MFD_CLOEXEC), "a file in memory");
  if (fchmod(file.number(), 0600) != 0) refuse("a file in memory");
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) refuse("a file in memory");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return file;
}

Descriptor make_signal() { return raised(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "a signal"); }

std::string random_secret() {
  std::array<std::uint8_t, 32> bytes{};
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (got < 0 && errno != EINTR) refuse("a random number");
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace entente::deploy
