// SPDX-License-Identifier: MIT
#include "problem/formats/text_input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "entente/base/error.hpp"
#include "problem/utf8.hpp"

namespace entente {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ > STDIN_FILENO) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(const std::string& path, int reason) {
  throw Error(ErrorCode::bad_input, Place{input_name(path), 0, 0, {}},
              "cannot be read: " + std::generic_category().message(reason));
}

/// Streams have no size; an endless one must not take all memory.
std::size_t most_streamed() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), bytes = ::sysconf(_SC_PAGESIZE);
  return pages > 0 && bytes > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(bytes) / 4
                                : std::size_t(4) << 30;
}

[[noreturn]] void refuse(std::string_view text, std::size_t offset, const std::string& file, const std::string& what) {
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  throw Error(ErrorCode::bad_input, Place{file, static_cast<std::uint32_t>(line), 0, {}},
              fmt::format("{} at byte {}; expected text in UTF-8", what, offset));
}

}  // namespace

std::string input_name(const std::string& path) { return path == "-" ? "standard input" : path; }

std::string read_text(const std::string& path) {
  if (path.empty()) throw Error(ErrorCode::wrong_use, "the name of a file is empty");
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.number() < 0) fail(path, errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) fail(path, errno);
  if (S_ISDIR(status.st_mode)) fail(path, EISDIR);

  std::string text;
  const bool regular = S_ISREG(status.st_mode);
  const std::size_t most = regular ? static_cast<std::size_t>(-1) / 4 : most_streamed();
  // One byte more than the size shows the end of the file without growing.
  text.resize(regular ? static_cast<std::size_t>(status.st_size) + 1 : std::size_t(1) << 16);
  std::size_t filled = 0;
  for (;;) {
    if (filled == text.size()) text.resize(text.size() * 2);
    const ssize_t count =
        ::read(file.number(), text.data() + filled, std::min(text.size() - filled, std::size_t(1) << 30));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, errno);
    if (count == 0) break;
    if (!regular && std::memchr(text.data() + filled, 0, static_cast<std::size_t>(count)))
      throw Error(ErrorCode::bad_input, Place{input_name(path), 0, 0, {}}, "holds zero bytes; expected text in UTF-8");
    filled += static_cast<std::size_t>(count);
    if (filled > most)
      throw Error(ErrorCode::too_large, Place{input_name(path), 0, 0, {}},
                  fmt::format("more than {} bytes came and there is no end; write them to a file first", most));
  }
  text.resize(filled);
  return text;
}

std::string_view checked_utf8(std::string_view text, const std::string& file) {
  using namespace std::string_view_literals;
  for (const auto mark : {"\xff\xfe"sv, "\xfe\xff"sv, "\0\0\xfe\xff"sv})
    if (text.starts_with(mark)) refuse(text, 0, file, "a byte order mark of UTF-16 or UTF-32");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::size_t at = 0;
  while (at < text.size()) {
    // Eight printable ASCII characters at a time: no byte below a blank, none above a tilde.
    if (at + 8 <= text.size()) {
      std::uint64_t eight;
      std::memcpy(&eight, text.data() + at, 8);
      constexpr std::uint64_t high = 0x8080808080808080ull, ones = 0x0101010101010101ull;
      if (((eight | (eight - ones * 0x20) | (eight + ones)) & high) == 0) {
        at += 8;
        continue;
      }
    }
    std::uint32_t code = 0;
    const std::size_t length = character_length(text.substr(at), code);
    if (length == 0)
      refuse(text, at, file, fmt::format("invalid UTF-8 (byte 0x{:02x})", static_cast<unsigned char>(text[at])));
    if (is_control(code)) refuse(text, at, file, fmt::format("a control character (U+{:04X})", code));
    at += length;
  }
  return text;
}

}  // namespace entente
