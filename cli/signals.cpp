// SPDX-License-Identifier: MIT
// Signal handlers; they touch nothing but lock-free atomics, write and _exit.
#include "signals.hpp"

#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdint>
#include <string_view>

namespace entente::cli {
namespace {

std::atomic<bool> graceful = false, interrupt = false;
std::atomic<int> caught = 0;
std::atomic<std::int64_t> first_at = 0;  // milliseconds
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

[[noreturn]] void end_now(std::string_view words, int code) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words.data(), words.size());
  _exit(code);
}

/// One wish to stop may come as two signals: `timeout` sends one to the program and one to its whole group.
constexpr std::int64_t same_wish = 50;

void on_stop(int signal) {
  const std::int64_t now = milliseconds();
  if (caught.load() != 0 && now - first_at.load() < same_wish) return;
  if (!graceful.load() || interrupt.exchange(true)) end_now("\nentente: stopped without a result\n", 128 + signal);
  first_at.store(now);
  caught.store(signal);
}

void on_alarm(int) { end_now("\nentente: error: --strict_timeout has passed; ended without a result\n", 2); }

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = on_stop;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  // A parent may have left these blocked.
  sigset_t ours;
  sigemptyset(&ours);
  for (const int signal : {SIGINT, SIGTERM, SIGALRM}) sigaddset(&ours, signal);
  sigprocmask(SIG_UNBLOCK, &ours, nullptr);
}

const std::atomic<bool>& stop_gracefully() {
  graceful = true;
  return interrupt;
}

void stop_now() { interrupt = true; }

int caught_signal() { return caught; }

void end_process_in(double seconds) {
  itimerval timer{};
  const double whole = std::floor(seconds);
  timer.it_value.tv_sec = static_cast<time_t>(whole);
  timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - whole) * 1e6);
  // A zero timer would be none at all.
  if (seconds > 0 && timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0) timer.it_value.tv_usec = 1;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace entente::cli
