// SPDX-License-Identifier: MIT
#include "problem/formats/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "entente/base/error.hpp"
#include "problem/formats/text_input.hpp"

namespace entente {
namespace {

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : path_(path) {
    if (path.empty()) throw Error(ErrorCode::wrong_use, "the name of a file is empty");
    number_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (number_ < 0) fail(errno);
    struct stat status {};
    int reason = 0;
    if (::fstat(number_, &status) != 0)
      reason = errno;
    else if (S_ISDIR(status.st_mode))
      reason = EISDIR;
    if (reason) {
      close();
      fail(reason);
    }
  }
  ~FileSource() override { close(); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(char* to, std::size_t most) override {
    for (;;) {
      const ssize_t count = ::read(number_, to, std::min(most, std::size_t(1) << 30));
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) fail(errno);
    }
  }

 private:
  void close() {
    if (number_ > STDIN_FILENO) ::close(number_);
    number_ = -1;
  }
  [[noreturn]] void fail(int reason) const {
    throw Error(ErrorCode::bad_input, Place{input_name(path_), 0, 0, {}},
                "cannot be read: " + std::generic_category().message(reason));
  }

  std::string path_;
  int number_ = -1;
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) { return std::make_unique<FileSource>(path); }

}  // namespace entente
