// SPDX-License-Identifier: MIT
#include "deploy/reception.hpp"

#include <fmt/format.h>

#include <chrono>

#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// `'a1', 'a2', 'a3' and 4 more`.
std::string name_list(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i)
    text += fmt::format("{}'{}'", text.empty() ? "" : ", ", printable(names[i]));
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

}  // namespace

Reception::Reception(const NatsAccess& access, const std::string& run, const std::vector<std::string>& needed,
                     const std::vector<ExpectedAgent>& others, std::function<void(const std::string&)> say)
    : session_(fmt::format("{}.{:016x}", run, random_instance().number[0])),
      say_(std::move(say)),
      guests_(needed, others, session_),
      connection_(std::make_shared<NatsConnection>(access, "orchestrator of " + run, say_)) {
  const std::string subject = hello_subject(run);
  // Nobody else may listen there: agents would be told two things. That nobody does is known at once, unless the
  // machine is busy.
  if (connection_->request(subject, {}, 5).kind != NatsReply::Kind::nobody)
    throw Error(ErrorCode::bad_input,
                fmt::format("there is an orchestrator of the run '{}' at this server already; give this run another "
                            "name with --run, here and for its agents",
                            printable(run)));
  answering_.emplace(connection_->answer(
      subject, [this](std::span<const std::byte> bytes, const std::string& reply) { hear(bytes, reply); }));
}

void Reception::hear(std::span<const std::byte> bytes, const std::string& reply) {
  const std::optional<Hello> hello = read_hello(bytes);
  if (!hello) {
    // Another orchestrator asks whether somebody is here.
    if (bytes.empty() && !reply.empty()) connection_->publish(reply, {});
    return;
  }
  std::vector<GuestList::Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    letters = guests_.hear(*hello, reply, now());
  }
  for (const GuestList::Letter& letter : letters) connection_->publish(letter.to, to_bytes(letter.answer));
  changed_.notify_all();
}

void Reception::say_notes() {
  std::vector<std::string> notes;
  {
    const std::lock_guard lock(mutex_);
    notes = guests_.take_notes();
  }
  if (say_)
    for (const std::string& note : notes) say_(note);
}

void Reception::wait(double patience, bool announce, const std::function<void()>& check) {
  const double began = now();
  double announced = began - 1e9;
  std::size_t left = 0;
  for (;;) {
    std::vector<std::string> missing;
    {
      std::unique_lock lock(mutex_);
      missing = guests_.missing(now());
      if (!missing.empty()) {
        changed_.wait_for(lock, std::chrono::milliseconds(50));
        missing = guests_.missing(now());
      }
    }
    say_notes();
    if (missing.empty()) return;
    check();
    if (patience > 0 && now() - began > patience)
      throw Error(ErrorCode::bad_input, fmt::format("{} of the agents are not there after {:g} seconds: {}",
                                                    missing.size(), patience, name_list(missing)));
    // Once a moment has passed in which those that are about to come have come; then when somebody has, but not for
    // each.
    if (announce && say_ && missing.size() != left && now() - began > 0.5 && now() - announced > 5) {
      say_(fmt::format("waits for {} {}: {}", missing.size(), missing.size() == 1 ? "agent" : "agents",
                       name_list(missing)));
      announced = now();
      left = missing.size();
    }
  }
}

}  // namespace entente::deploy
