// SPDX-License-Identifier: MIT
// Standard error, the progress line and the log file.
#include "console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "entente/base/error.hpp"

namespace entente::cli {
namespace {

/// Messages are best effort: when nobody can read them there is nobody to tell.
void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string clock_text() {
  timeval now{};
  gettimeofday(&now, nullptr);
  tm local{};
  localtime_r(&now.tv_sec, &local);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec, now.tv_usec / 1000);
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

Console::Console() {
  const char* terminal = std::getenv("TERM");
  live_ = isatty(STDERR_FILENO) == 1 && terminal && std::strcmp(terminal, "dumb") != 0;
  const char* no_colour = std::getenv("NO_COLOR");
  colours_ = live_ && !(no_colour && *no_colour);
}

Console::~Console() {
  end_progress();
  if (log_ >= 0) ::close(log_);
}

void Console::log_to(const std::string& path) {
  log_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (log_ < 0) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("--log: cannot write '{}': {}", printable(path), std::strerror(errno)));
  }
}

void Console::error(std::string_view text) { say("error", "31", text, true); }
void Console::warning(std::string_view text) { say("warning", "33", text, true); }
void Console::note(std::string_view text) { say("note", "", text, true); }
void Console::info(std::string_view text) { say("info", "", text, verbosity_ >= 2); }
void Console::debug(std::string_view text) {
  if (verbosity_ >= 3) say("debug", "", text, true);
}

void Console::say(std::string_view level, std::string_view colour, std::string_view text, bool shown) {
  const std::lock_guard lock(mutex_);
  if (log_ >= 0) write_all(log_, fmt::format("{} - {} - {}\n", clock_text(), level, text));
  if (!shown) return;
  clear_line();
  const bool named = level == "error" || level == "warning";
  std::string line = "entente: ";
  if (named && colours_)
    line += fmt::format("\x1b[{}m{}:\x1b[0m ", colour, level);
  else if (named)
    line += fmt::format("{}: ", level);
  write_all(STDERR_FILENO, fmt::format("{}{}\n", line, text));
  if (!line_.empty()) write_all(STDERR_FILENO, line_);
}

void Console::progress(const std::string& line) {
  if (!live_) return;
  const std::lock_guard lock(mutex_);
  clear_line();
  line_ = line.substr(0, terminal_width() - 1);
  write_all(STDERR_FILENO, line_);
}

void Console::end_progress() {
  const std::lock_guard lock(mutex_);
  clear_line();
  line_.clear();
}

void Console::clear_line() {
  if (!line_.empty()) write_all(STDERR_FILENO, "\r" + std::string(line_.size(), ' ') + "\r");
}

}  // namespace entente::cli
