// SPDX-License-Identifier: MIT
// NatsConnection over the C client.
#include "carriers/nats_connection.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cmath>
#include <map>
#include <mutex>

#include "carriers/nats_access.hpp"
#include "carriers/nats_diagnosis.hpp"
#include "carriers/nats_library.hpp"
#include "entente/base/random.hpp"

namespace entente {

/// Subscriptions that nobody takes from any more. The thread of a connection may be about to hand one of them a
/// message, which libnats 3.4 does without holding on to it; so they stay until that thread has ended.
struct NatsLeftSubscriptions {
  std::mutex mutex;
  bool connected = true;
  std::vector<natsSubscription*> subscriptions;
};

struct NatsConnection::State {
  const NatsAccess access;
  const Say say_to;
  std::atomic<bool> connected{false}, closed{false};
  std::atomic<std::uint64_t> reconnections{0};
  std::mutex mutex;  // of what follows, and of calls to `say_to`
  std::string objection;

  State(NatsAccess who, Say say) : access(std::move(who)), say_to(std::move(say)) {}
  void say(const std::string& text) {
    const std::lock_guard lock(mutex);
    if (say_to) say_to(text);
  }

  // The client's threads may call back for a moment after a connection is gone, so they are given a number; and they
  // may do so when the program ends, so these two never go.
  static std::mutex& known_mutex() {
    static std::mutex* const mutex = new std::mutex;
    return *mutex;
  }
  static std::map<std::uintptr_t, std::weak_ptr<State>>& known() {
    static auto* const map = new std::map<std::uintptr_t, std::weak_ptr<State>>;
    return *map;
  }
  static std::uintptr_t enter(const std::shared_ptr<State>& state) {
    const std::lock_guard lock(known_mutex());
    static std::uintptr_t last = 0;
    std::erase_if(known(), [](const auto& one) { return one.second.expired(); });
    known()[++last] = state;
    return last;
  }
  static std::shared_ptr<State> find(void* closure) {
    const std::lock_guard lock(known_mutex());
    const auto at = known().find(reinterpret_cast<std::uintptr_t>(closure));
    return at == known().end() ? nullptr : at->second.lock();
  }
};

namespace {

constexpr double patience = 2;              // seconds for one server to let us in
constexpr int most_pending = 256 << 20;     // bytes that wait to be taken
constexpr std::int64_t ping_every = 20000;  // milliseconds

struct DestroyOptions {
  void operator()(natsOptions* options) const { NatsLibrary::get().options_destroy(options); }
};
using Options = std::unique_ptr<natsOptions, DestroyOptions>;

std::string words(natsStatus status) {
  const NatsLibrary& nats = NatsLibrary::get();
  natsStatus last = NATS_OK;
  const char* const detail = nats.last_error(&last);
  const std::string text = nats.status_text(status);
  return detail && *detail && last == status ? fmt::format("{} ({})", text, printable(detail, 300)) : text;
}
void check(natsStatus status, const char* what) {
  if (status != NATS_OK) throw Error(ErrorCode::bad_input, fmt::format("{}: {}", what, words(status)));
}

/// What went wrong with one server, given what the client said.
std::string explain(const NatsServer& server, const NatsAccess& access, natsStatus status, const std::string& said) {
  const NatsSighting seen = look_for(server, patience);
  if (seen.kind != NatsSighting::Kind::there) return seen.to_text(server);
  const std::string where = fmt::format("the NATS server at {}:{}", printable(server.host, 200), server.port);
  if (status == NATS_CONNECTION_AUTH_FAILED || said.find("uthorization") != std::string::npos ||
      said.find("uthentication") != std::string::npos) {
    if (!has_credentials(access))
      return fmt::format("{} wants credentials, and none were given; name a file that has them", where);
    return fmt::format("{} refuses the credentials of {}", where,
                       !access.user.empty()        ? "user " + printable(access.user)
                       : !access.token.empty()     ? "the token"
                       : !access.nkey.empty()      ? "nkey " + printable(access.nkey)
                       : !access.user_file.empty() ? printable(access.user_file, 200)
                                                   : "certificate " + printable(access.certificate, 200));
  }
  const bool tls = server.tls || !access.authority.empty() || !access.certificate.empty();
  if (tls && !seen.wants_tls)
    return fmt::format("{} speaks no TLS, which was asked for; set it up there, or use nats:// without an authority",
                       where);
  if (!tls && seen.wants_tls) return fmt::format("{} wants TLS; use tls:// and name the authority it trusts", where);
  if (said.find("hostname mismatch") != std::string::npos || said.find("IP address mismatch") != std::string::npos)
    return fmt::format("the certificate of {} is for another name than {}: {}", where, printable(server.host, 200),
                       said);
  if (said.find("certificate has expired") != std::string::npos)
    return fmt::format("the certificate of {} has expired: {}", where, said);
  if (said.find("verify failed") != std::string::npos || said.find("self-signed") != std::string::npos ||
      said.find("self signed") != std::string::npos || said.find("issuer certificate") != std::string::npos)
    return fmt::format("the certificate of {} is not trusted: {}; name who signed it as `authority`", where, said);
  if (seen.wants_client_certificate && access.certificate.empty())
    return fmt::format("{} wants a certificate of whoever connects, and none was given", where);
  if (status == NATS_TIMEOUT) return fmt::format("{} did not let us in within {} seconds", where, patience);
  return fmt::format("{} did not let us in: {}", where, said);
}

natsStatus sign(char**, unsigned char** signature, int* length, const char* nonce, void* seed) {
  return NatsLibrary::get().sign(static_cast<const char*>(seed), nonce, signature, length);
}

/// What holds for the connection and for the look whether everybody is let in.
Options make_options(const std::vector<NatsServer>& servers, const NatsAccess& access, const std::string& name) {
  const NatsLibrary& nats = NatsLibrary::get();
  natsOptions* raw = nullptr;
  check(nats.options_create(&raw), "options of the NATS client");
  Options options(raw);
  std::vector<std::string> urls;
  std::vector<const char*> list;
  for (const NatsServer& server : servers) urls.push_back(server.to_url());
  for (const std::string& url : urls) list.push_back(url.c_str());
  check(nats.set_servers(raw, list.data(), int(list.size())), "the address of the NATS server");
  check(nats.set_name(raw, name.c_str()), "the name of a connection");
  check(nats.set_timeout(raw, std::int64_t(patience * 1000)), "the time-out of a connection");
  check(nats.set_send_asap(raw, true), "sending at once");
  bool tls = !access.authority.empty() || !access.certificate.empty();
  for (const NatsServer& server : servers) tls = tls || server.tls;
  if (tls) check(nats.set_secure(raw, true), "TLS");
  if (!access.authority.empty())
    check(nats.set_authority(raw, access.authority.c_str()),
          fmt::format("the authority {} of TLS cannot be used", printable(access.authority, 200)).c_str());
  if (!access.certificate.empty())
    check(nats.set_certificate(raw, access.certificate.c_str(), access.key.c_str()),
          fmt::format("the certificate {} with the key {} cannot be used", printable(access.certificate, 200),
                      printable(access.key, 200))
              .c_str());
  // The client looks at the name only where it is told; several servers of one cluster may have several names.
  if (tls && servers.size() == 1) check(nats.set_expected_hostname(raw, servers[0].host.c_str()), "the name to expect");
  return options;
}

void give_credentials(natsOptions* options, const NatsAccess& access) {
  const NatsLibrary& nats = NatsLibrary::get();
  if (!access.user.empty())
    check(nats.set_user_info(options, access.user.c_str(), access.password.c_str()), "user and password");
  if (!access.token.empty()) check(nats.set_token(options, access.token.c_str()), "the token");
  if (!access.nkey.empty())
    check(nats.set_nkey_callback(options, access.nkey.c_str(), &sign, const_cast<char*>(access.seed.c_str())),
          "nkey and seed");
  if (!access.user_file.empty())
    check(nats.set_user_file(options, access.user_file.c_str(), nullptr),
          fmt::format("the credentials of {} cannot be used", printable(access.user_file, 200)).c_str());
}

/// Tries to get in without saying who one is.
bool lets_everybody_in(const std::vector<NatsServer>& servers, NatsAccess access, const std::string& name) {
  // A certificate is a way to say who one is, where the server goes by it.
  access.certificate.clear();
  access.key.clear();
  const NatsLibrary& nats = NatsLibrary::get();
  const Options options = make_options(servers, access, name + " (without credentials)");
  check(nats.set_allow_reconnect(options.get(), false), "reconnecting");
  natsConnection* connection = nullptr;
  const natsStatus status = nats.connect(&connection, options.get());
  if (connection) nats.connection_destroy(connection);
  return status == NATS_OK;
}

}  // namespace

NatsMessage::~NatsMessage() {
  if (message_) NatsLibrary::get().message_destroy(static_cast<natsMsg*>(message_));
}
std::span<const std::byte> NatsMessage::bytes() const {
  const NatsLibrary& nats = NatsLibrary::get();
  const auto* const message = static_cast<const natsMsg*>(message_);
  const int size = nats.message_size(message);
  return {reinterpret_cast<const std::byte*>(nats.message_data(message)), size > 0 ? std::size_t(size) : 0};
}
std::string NatsMessage::subject() const {
  const char* const text = NatsLibrary::get().message_subject(static_cast<const natsMsg*>(message_));
  return text ? text : "";
}
std::string NatsMessage::reply() const {
  const char* const text = NatsLibrary::get().message_reply(static_cast<const natsMsg*>(message_));
  return text ? text : "";
}

NatsSubscription::~NatsSubscription() {
  if (!subscription_) return;
  auto* const subscription = static_cast<natsSubscription*>(subscription_);
  NatsLibrary::get().unsubscribe(subscription);
  {
    const std::lock_guard lock(left_->mutex);
    if (left_->connected) {
      left_->subscriptions.push_back(subscription);
      return;
    }
  }
  NatsLibrary::get().subscription_destroy(subscription);
}
std::optional<NatsMessage> NatsSubscription::take(double seconds) {
  natsMsg* message = nullptr;
  const auto milliseconds = std::int64_t(std::ceil(std::min(seconds, 1e6) * 1000));
  const natsStatus status = NatsLibrary::get().next_message(&message, static_cast<natsSubscription*>(subscription_),
                                                            std::max<std::int64_t>(0, milliseconds));
  if (status == NATS_OK) return NatsMessage(message);
  if (status == NATS_CONNECTION_CLOSED || status == NATS_INVALID_SUBSCRIPTION)
    throw Error(ErrorCode::bad_input,
                "the connection to the NATS server is closed for good: when it was made again, the server refused the "
                "credentials that it took before");
  return std::nullopt;
}
std::uint64_t NatsSubscription::dropped() const {
  std::int64_t count = 0;
  NatsLibrary::get().dropped(static_cast<natsSubscription*>(subscription_), &count);
  return std::uint64_t(count);
}

NatsConnection::NatsConnection(const NatsAccess& access, const std::string& name, Say say)
    : state_(std::make_shared<State>(access, std::move(say))), left_(std::make_shared<NatsLeftSubscriptions>()) {
  const NatsLibrary& nats = NatsLibrary::get();
  check_nats_access(access);
  const std::vector<NatsServer> servers = nats_servers(access);
  // Before anything secret is told to it.
  if (!access.allow_anonymous && lets_everybody_in(servers, access, name))
    throw Error(ErrorCode::bad_input,
                fmt::format("the NATS server at {} lets everybody in: whoever reaches it could read every message and "
                            "send any. Set up authorization there, or say that an open server will do "
                            "(allow_anonymous)",
                            printable(access.url, 200)));
  const Options options = make_options(servers, access, name);
  give_credentials(options.get(), state_->access);
  void* const closure = reinterpret_cast<void*>(State::enter(state_));
  check(nats.set_max_reconnect(options.get(), -1), "reconnecting");
  check(nats.set_ping_interval(options.get(), ping_every), "the interval of pings");
  check(nats.set_reconnect_delay(
            options.get(),
            [](natsConnection*, int attempts, void* number) -> std::int64_t {
              const double wait = std::min(2000.0, 25 * std::ldexp(1.0, std::min(attempts, 10)));
              const double luck =
                  unit(reinterpret_cast<std::uintptr_t>(number), std::uint32_t(::getpid()), std::uint32_t(attempts));
              return std::int64_t(wait * (0.5 + 0.5 * luck));
            },
            closure),
        "reconnecting");
  check(nats.set_disconnected(
            options.get(),
            [](natsConnection*, void* number) {
              if (const auto state = State::find(number); state && state->connected.exchange(false))
                state->say("the connection to the NATS server is lost; it will be made again as soon as possible");
            },
            closure),
        "a callback");
  check(nats.set_reconnected(
            options.get(),
            [](natsConnection*, void* number) {
              if (const auto state = State::find(number)) {
                state->connected = true;
                ++state->reconnections;
                state->say("the connection to the NATS server is back");
              }
            },
            closure),
        "a callback");
  check(nats.set_closed(
            options.get(),
            [](natsConnection*, void* number) {
              if (const auto state = State::find(number)) {
                state->connected = false;
                state->closed = true;
              }
            },
            closure),
        "a callback");
  check(nats.set_error_handler(
            options.get(),
            [](natsConnection* connection, natsSubscription*, natsStatus status, void* number) {
              const auto state = State::find(number);
              if (!state) return;
              const char* detail = nullptr;
              NatsLibrary::get().connection_error(connection, &detail);
              std::string text = status == NATS_SLOW_CONSUMER
                                     ? "messages come faster than they are taken, and were dropped"
                                     : fmt::format("the NATS server objects: {}",
                                                   printable(detail && *detail ? detail : words(status), 300));
              {
                const std::lock_guard lock(state->mutex);
                state->objection = text;
              }
              state->say(text);
            },
            closure),
        "a callback");
  natsConnection* connection = nullptr;
  const natsStatus status = nats.connect(&connection, options.get());
  if (status != NATS_OK) {
    const std::string said = words(status);
    std::string text = "there is no connection to a NATS server: ";
    for (std::size_t i = 0; i < servers.size(); ++i)
      text += (i ? "; and " : "") + explain(servers[i], access, status, said);
    throw Error(ErrorCode::bad_input, text);
  }
  connection_ = connection;
  state_->connected = true;
}

NatsConnection::~NatsConnection() {
  // Closing it is no loss that anybody has to hear of.
  state_->connected = false;
  NatsLibrary::get().connection_destroy(static_cast<natsConnection*>(connection_));
  const std::lock_guard lock(left_->mutex);
  left_->connected = false;
  for (natsSubscription* const subscription : left_->subscriptions)
    NatsLibrary::get().subscription_destroy(subscription);
}

std::size_t NatsConnection::max_payload() const {
  return std::size_t(NatsLibrary::get().max_payload(static_cast<natsConnection*>(connection_)));
}
bool NatsConnection::connected() const { return state_->connected; }
std::uint64_t NatsConnection::reconnections() const { return state_->reconnections; }
std::string NatsConnection::objection() const {
  const std::lock_guard lock(state_->mutex);
  return state_->objection;
}

bool NatsConnection::publish(const std::string& subject, std::span<const std::byte> bytes) {
  const natsStatus status = NatsLibrary::get().publish(static_cast<natsConnection*>(connection_), subject.c_str(),
                                                       bytes.data(), int(bytes.size()));
  if (status == NATS_OK) return true;
  if (status == NATS_MAX_PAYLOAD)
    throw Error(ErrorCode::too_large,
                fmt::format("a message of {} bytes is more than the NATS server takes at once ({}, its max_payload)",
                            bytes.size(), max_payload()));
  if (status == NATS_CONNECTION_CLOSED)
    throw Error(ErrorCode::bad_input, "the connection to the NATS server is closed for good");
  if (status == NATS_INVALID_SUBJECT || status == NATS_INVALID_ARG)
    throw Error(ErrorCode::wrong_use, fmt::format("`{}` is no subject of NATS", printable(subject, 200)));
  return false;
}

bool NatsConnection::flush(double seconds) {
  const auto milliseconds = std::int64_t(std::ceil(std::min(seconds, 1e6) * 1000));
  return NatsLibrary::get().flush(static_cast<natsConnection*>(connection_), std::max<std::int64_t>(1, milliseconds)) ==
         NATS_OK;
}

NatsReply NatsConnection::request(const std::string& subject, std::span<const std::byte> bytes, double seconds) {
  natsMsg* raw = nullptr;
  const auto milliseconds = std::max<std::int64_t>(1, std::int64_t(std::ceil(std::min(seconds, 1e6) * 1000)));
  const natsStatus status = NatsLibrary::get().request(&raw, static_cast<natsConnection*>(connection_), subject.c_str(),
                                                       bytes.data(), int(bytes.size()), milliseconds);
  if (status == NATS_OK) {
    const NatsMessage message(raw);
    const auto answer = message.bytes();
    return {NatsReply::Kind::answered, {answer.begin(), answer.end()}};
  }
  if (status == NATS_NO_RESPONDERS) return {NatsReply::Kind::nobody, {}};
  if (status == NATS_CONNECTION_CLOSED)
    throw Error(ErrorCode::bad_input, "the connection to the NATS server is closed for good");
  if (status == NATS_MAX_PAYLOAD)
    throw Error(ErrorCode::too_large,
                fmt::format("a request of {} bytes is more than the NATS server takes at once ({}, its max_payload)",
                            bytes.size(), max_payload()));
  return {NatsReply::Kind::late, {}};
}

NatsSubscription NatsConnection::subscribe(const std::string& subject) {
  const NatsLibrary& nats = NatsLibrary::get();
  natsSubscription* subscription = nullptr;
  check(nats.subscribe_sync(&subscription, static_cast<natsConnection*>(connection_), subject.c_str()),
        "a subscription at the NATS server");
  check(nats.set_pending_limits(subscription, -1, most_pending), "the limits of a subscription");
  return NatsSubscription(subscription, left_);
}

NatsAnswering NatsConnection::answer(const std::string& subject, Handler handler) {
  auto subscription = std::make_shared<NatsSubscription>(subscribe(subject));
  // The server knows of the subscription when this returns: whoever asks from now on is heard.
  flush(patience);
  return NatsAnswering(
      std::jthread([subscription, handler = std::move(handler), state = state_](const std::stop_token& stop) {
        while (!stop.stop_requested() && !state->closed) {
          try {
            const std::optional<NatsMessage> message = subscription->take(0.05);
            if (message && !stop.stop_requested()) handler(message->bytes(), message->reply());
          } catch (const std::exception& error) {
            state->say(error.what());
          }
        }
      }));
}

}  // namespace entente
