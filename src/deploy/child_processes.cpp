// SPDX-License-Identifier: MIT
#include "deploy/child_processes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>

#include "deploy/spawn.hpp"

namespace entente::deploy {
namespace {

constexpr std::size_t kept = 4096;

/// The last line that says something, for a sentence.
std::string last_line(const std::string& text) {
  std::size_t end = text.find_last_not_of("\n\r ");
  if (end == text.npos) return {};
  const std::size_t begin = text.find_last_of('\n', end);
  return text.substr(begin == text.npos ? 0 : begin + 1, end - (begin == text.npos ? 0 : begin + 1) + 1);
}

std::string described(int status, const std::string& said) {
  std::string how = WIFSIGNALED(status)
                        ? fmt::format("was killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)))
                        : fmt::format("ended with exit code {}", WEXITSTATUS(status));
  if (const std::string line = last_line(said); !line.empty())
    how += fmt::format(", after it said: {}", printable(line, 400));
  return how;
}

}  // namespace

struct ChildProcesses::Child {
  std::string label;
  pid_t process = -1;
  Descriptor output;
  std::string said;
  std::optional<ChildEnd> end;
};

ChildProcesses::ChildProcesses(OnEnd on_end) : on_end_(std::move(on_end)), signal_(make_signal()) {
  thread_ = std::thread([this] { watch(); });
}

ChildProcesses::~ChildProcesses() {
  kill_all();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake();
  thread_.join();
}

void ChildProcesses::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(signal_.number(), &one, sizeof one);
}

std::size_t ChildProcesses::start(ChildCommand command) {
  std::future<Started> future;
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back({std::move(command), {}});
    future = orders_.back().started.get_future();
  }
  wake();
  const Started started = future.get();
  if (!started.failure.empty()) throw Error(started.code, started.failure);
  return started.number;
}

int ChildProcesses::process_id(std::size_t child) const {
  const std::lock_guard lock(mutex_);
  return children_.at(child)->process;
}

std::string ChildProcesses::said(std::size_t child) const {
  const std::lock_guard lock(mutex_);
  return children_.at(child)->said;
}

std::optional<ChildEnd> ChildProcesses::ended(std::size_t child) const {
  const std::lock_guard lock(mutex_);
  return children_.at(child)->end;
}

void ChildProcesses::wait_for_news(double seconds) {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, std::chrono::duration<double>(seconds));
}

void ChildProcesses::kill_all() {
  std::unique_lock lock(mutex_);
  killing_ = true;
  const auto all_gone = [this] {
    for (const auto& child : children_)
      if (!child->end) return false;
    return orders_.empty();
  };
  for (const auto& child : children_)
    if (!child->end) kill(child->process, SIGKILL);
  wake();
  while (!all_gone()) news_.wait_for(lock, std::chrono::milliseconds(100));
}

std::size_t ChildProcesses::spawn(ChildCommand command) {
  {
    const std::lock_guard lock(mutex_);
    if (killing_) throw Error(ErrorCode::bad_input, fmt::format("{} is not started any more", command.label));
  }
  Pipe output = make_pipe();
  fcntl(output.read.number(), F_SETFL, O_NONBLOCK);
  const int process = deploy::spawn(command, output.write.number());
  auto child = std::make_unique<Child>();
  child->label = std::move(command.label);
  child->process = process;
  child->output = std::move(output.read);
  const std::lock_guard lock(mutex_);
  // Asked for in the meantime.
  if (killing_) kill(process, SIGKILL);
  children_.push_back(std::move(child));
  return children_.size() - 1;
}

void ChildProcesses::take_orders() {
  for (;;) {
    Order order;
    {
      const std::lock_guard lock(mutex_);
      if (orders_.empty()) return;
      order = std::move(orders_.front());
      orders_.pop_front();
    }
    Started started;
    try {
      started.number = spawn(std::move(order.command));
    } catch (const Error& error) {
      started.code = error.code();
      started.failure = error.what();
    }
    order.started.set_value(std::move(started));
  }
}

/// Returns whether there may be more to come.
bool ChildProcesses::read_from(Child& child) {
  std::array<char, 4096> block;
  for (;;) {
    const ssize_t count = ::read(child.output.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    const std::lock_guard lock(mutex_);
    child.said.append(block.data(), static_cast<std::size_t>(count));
    if (child.said.size() > kept) child.said.erase(0, child.said.size() - kept);
  }
}

void ChildProcesses::reap(std::size_t number) {
  Child& child = *children_[number];
  siginfo_t found{};
  if (waitid(P_PID, static_cast<id_t>(child.process), &found, WEXITED | WNOHANG | WNOWAIT) == 0 && found.si_pid == 0)
    return;
  if (child.output) read_from(child);
  ChildEnd end;
  {
    // Held from here to the end's being known, so that nobody signals a number that is somebody else's by then.
    const std::lock_guard lock(mutex_);
    int status = 0;
    const pid_t got = waitpid(child.process, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR)) return;
    end.well = got == child.process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    end.how = got == child.process ? described(status, child.said) : "is gone";
    child.end = end;
  }
  if (on_end_) on_end_(number, end);
}

/// A child's end shows in its pipe at once, unless it has children of its own that still hold it; looking at all of
/// them now and then finds those.
void ChildProcesses::watch() {
  std::vector<pollfd> polled;
  std::vector<std::size_t> numbers;  // of polled[1 …]
  for (;;) {
    polled.assign(1, {signal_.number(), POLLIN, 0});
    numbers.clear();
    int pause = -1;
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (children_[i]->end) continue;
      pause = killing_ || !children_[i]->output || pause == 1 ? 1 : 100;
      if (!children_[i]->output) continue;
      polled.push_back({children_[i]->output.number(), POLLIN, 0});
      numbers.push_back(i);
    }
    poll(polled.data(), polled.size(), pause);
    if (polled[0].revents) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto count = ::read(signal_.number(), &ignored, sizeof ignored);
      take_orders();
      const std::lock_guard lock(mutex_);
      if (closing_) return;
    }
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (polled[i + 1].revents && !read_from(*children_[numbers[i]])) children_[numbers[i]]->output.close();
    for (std::size_t i = 0; i < children_.size(); ++i)
      if (!children_[i]->end) reap(i);
    news_.notify_all();
  }
}

}  // namespace entente::deploy
