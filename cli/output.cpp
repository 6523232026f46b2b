// SPDX-License-Identifier: MIT
// Buffered writing to file descriptors.
#include "output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "entente/base/error.hpp"

namespace entente::cli {

struct Output::Place {
  int file = -1;
  std::string path;  ///< Empty: standard output.
  std::string option;
  bool made_here = false, written = false, append = false;

  [[noreturn]] void fail(int reason) const {
    const std::string where = path.empty() ? "standard output" : fmt::format("'{}'", printable(path, 200));
    throw Error(ErrorCode::wrong_use, fmt::format("{}{}cannot write {}: {}", option, option.empty() ? "" : ": ", where,
                                                  std::strerror(reason)));
  }

  void write(std::string_view text) {
    if (file < 0) return;
    struct stat what {};
    // Only now does the old text go: a run that fails leaves it alone. Pipes and devices hold nothing to cut.
    if (!written && !append && !path.empty() && fstat(file, &what) == 0 && S_ISREG(what.st_mode)) {
      if (ftruncate(file, 0) != 0) fail(errno);
    }
    written = true;
    while (!text.empty()) {
      const ssize_t count = ::write(file, text.data(), text.size());
      if (count >= 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN) {
        pollfd wait{file, POLLOUT, 0};
        poll(&wait, 1, -1);
      } else if (errno == EPIPE) {
        file = -1;
        return;
      } else if (errno != EINTR) {
        const int reason = errno;
        file = -1;
        fail(reason);
      }
    }
  }
};

struct Output::State {
  std::vector<Place> places;
  std::string buffer;
};

Output::Output() : state_(std::make_unique<State>()) {}

Output::~Output() {
  for (const Place& place : state_->places) {
    if (!place.path.empty() && place.file >= 0) ::close(place.file);
    if (place.made_here && !place.written) ::unlink(place.path.c_str());
  }
}

void Output::add_standard_output() {
  Place place;
  place.file = STDOUT_FILENO;
  state_->places.push_back(place);
}

void Output::add_file(const std::string& path, std::string_view option) { open(path, option, false); }

bool Output::append_to_file(const std::string& path, std::string_view option) {
  return lseek(open(path, option, true).file, 0, SEEK_END) <= 0;
}

Output::Place& Output::open(const std::string& path, std::string_view option, bool append) {
  Place place;
  place.path = path;
  place.option = option;
  place.append = append;
  place.made_here = ::access(path.c_str(), F_OK) != 0;
  // Rows that two programs append at the same time follow each other.
  place.file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : 0), 0666);
  if (place.file < 0) place.fail(errno);
  state_->places.push_back(place);
  return state_->places.back();
}

void Output::write(std::string_view text) {
  constexpr std::size_t enough = 1 << 18;
  state_->buffer += text;
  if (state_->buffer.size() >= enough) flush();
}

void Output::flush() {
  std::string text;
  text.swap(state_->buffer);
  for (Place& place : state_->places) place.write(text);
  text.clear();
  state_->buffer.swap(text);
}

bool Output::is_open() const {
  return std::any_of(state_->places.begin(), state_->places.end(), [](const Place& place) { return place.file >= 0; });
}

void Output::finish() {
  flush();
  for (Place& place : state_->places) {
    if (place.file < 0 || place.path.empty()) continue;
    // Network file systems report a full disk here at the latest.
    const int closed = ::close(place.file);
    place.file = -1;
    if (closed != 0 && errno != EINTR) place.fail(errno);
  }
}

}  // namespace entente::cli
