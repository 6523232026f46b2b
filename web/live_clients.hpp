// SPDX-License-Identifier: MIT
// The clients of a LiveServer: one connection each. Included by live_server.cpp alone, as Boost.Beast takes long to
// compile.
#pragma once

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "web/access.hpp"
#include "web/follower.hpp"
#include "web/live_page.hpp"
#include "web/run_view.hpp"

namespace entente::web {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

inline constexpr std::size_t most_connections = 64, most_header = 8 * 1024, most_message = 4 * 1024;
inline constexpr auto patience = std::chrono::seconds(15), tick = std::chrono::seconds(1);

class SocketClient;

/// What all connections share; used by the server's thread.
struct Hub {
  explicit Hub(const Problem& problem) : view(problem) {}
  RunView view;
  std::size_t connections = 0;
  std::set<SocketClient*> clients;
};

/// Counts a connection as long as it lives.
class Counted {
 public:
  explicit Counted(Hub& hub) : hub_(&hub) { ++hub_->connections; }
  Counted(Counted&& other) noexcept : hub_(std::exchange(other.hub_, nullptr)) {}
  Counted& operator=(Counted&&) = delete;
  ~Counted() {
    if (hub_) --hub_->connections;
  }

 private:
  Hub* hub_;
};

/// A client that follows the run over a WebSocket. At any time it has at most one answer to a message of its own and
/// the news of one state to take; it is not listened to before it has taken the answer.
class SocketClient : public std::enable_shared_from_this<SocketClient> {
 public:
  SocketClient(Hub& hub, beast::tcp_stream&& stream, Counted&& counted)
      : hub_(hub), socket_(std::move(stream)), counted_(std::move(counted)) {}
  ~SocketClient() { hub_.clients.erase(this); }

  void accept(const http::request<http::string_body>& request) {
    beast::get_lowest_layer(socket_).expires_never();
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = patience;
    limits.idle_timeout = 2 * patience;
    limits.keep_alive_pings = true;
    socket_.set_option(limits);
    socket_.read_message_max(most_message);
    socket_.auto_fragment(false);
    socket_.async_accept(request, [self = shared_from_this()](error_code error) {
      if (error) return;
      self->hub_.clients.insert(self.get());
      self->read();
      self->write();
    });
  }

  /// Goes on telling, unless it is at it.
  void write() {
    if (writing_ || gone_) return;
    if (out_.empty() && reason_) return part(*reason_);
    if (out_.empty() && answer_) {
      out_.push_back(std::move(*answer_));
      answer_.reset();
      listen_after_ = true;
    }
    if (out_.empty())
      for (std::string& text : follower_.news(hub_.view)) out_.push_back(std::move(text));
    if (out_.empty()) {
      if (follower_.closed()) part(websocket::close_code::normal);
      return;
    }
    writing_ = true;
    since_ = Clock::now();
    socket_.text(true);
    socket_.async_write(asio::buffer(out_.front()),
                        [self = shared_from_this()](error_code error, std::size_t) { self->wrote(error); });
  }

  /// Whoever does not take what is sent, while the system's buffers are full, is given up.
  void look_after(Clock::time_point now) {
    if (writing_ && now - since_ > patience) drop();
  }
  void drop() {
    gone_ = true;
    beast::get_lowest_layer(socket_).close();
  }

 private:
  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) { self->heard(error); });
  }

  void heard(error_code error) {
    // Beast has told the client what was wrong with it: too long, malformed, or no text.
    if (error) {
      gone_ = true;
      hub_.clients.erase(this);
      return;
    }
    if (socket_.got_binary()) {
      reason_ = websocket::close_code::unknown_data;
    } else {
      answer_ = answer(hub_.view, beast::buffers_to_string(buffer_.data()));
    }
    buffer_.clear();
    write();
  }

  void wrote(error_code error) {
    writing_ = false;
    if (error) return drop();
    out_.pop_front();
    if (std::exchange(listen_after_, false)) read();
    write();
  }

  void part(websocket::close_code reason) {
    gone_ = true;
    socket_.async_close(reason, [self = shared_from_this()](error_code) { self->hub_.clients.erase(self.get()); });
  }

  Hub& hub_;
  websocket::stream<beast::tcp_stream> socket_;
  Counted counted_;
  beast::flat_buffer buffer_{most_message};
  Follower follower_;
  std::deque<std::string> out_;
  std::optional<std::string> answer_;
  std::optional<websocket::close_code> reason_;  ///< Why it is to be sent away.
  bool writing_ = false, listen_after_ = false, gone_ = false;
  Clock::time_point since_;
};

/// A client that asks one thing after the other over HTTP.
class HttpClient : public std::enable_shared_from_this<HttpClient> {
 public:
  HttpClient(Hub& hub, tcp::socket&& socket, Counted&& counted)
      : hub_(hub), stream_(std::move(socket)), counted_(std::move(counted)) {}

  void read() {
    parser_.emplace();
    parser_->header_limit(most_header);
    parser_->body_limit(0);
    // For all of it, so that bytes that trickle in buy no time.
    stream_.expires_after(patience);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) { self->heard(error); });
  }

 private:
  using Response = http::response<http::string_body>;

  void heard(error_code error) {
    if (error == http::error::header_limit) return refuse(http::status::request_header_fields_too_large, "too long");
    if (error == http::error::body_limit) return refuse(http::status::payload_too_large, "a body is not expected");
    if (error == http::error::end_of_stream || error == http::error::partial_message) return end();
    if (error == http::error::bad_alloc) return;
    if (error && error.category() == make_error_code(http::error::bad_method).category())
      return refuse(http::status::bad_request, "this is no HTTP request");
    if (error) return;
    const auto& request = parser_->get();
    if (request.count(http::field::host) != 1) return refuse(http::status::bad_request, "one Host is expected");
    const std::string host(request[http::field::host]);
    if (!is_own_host(host)) return refuse(http::status::forbidden, "only known as localhost");
    for (const auto& field : request)
      if (field.name() == http::field::origin && !is_own_origin({field.value().data(), field.value().size()}, host))
        return refuse(http::status::forbidden, "pages of others may not ask");
    const std::string target(request.target());
    if (websocket::is_upgrade(request)) {
      if (target != "/" && target != "/ws") return refuse(http::status::not_found, "WebSockets are at /");
      stream_.expires_never();
      std::make_shared<SocketClient>(hub_, std::move(stream_), std::move(counted_))->accept(parser_->release());
      return;
    }
    if (request.method() != http::verb::get) return refuse(http::status::method_not_allowed, "only GET is allowed");
    if (target == "/") return respond(http::status::ok, "text/html; charset=utf-8", std::string(live_page()));
    if (target == "/state") return respond_json(hub_.view.state_text());
    if (target == "/computations") return respond_json(hub_.view.computations_text());
    if (target == "/agents") return respond_json(hub_.view.agents_text());
    respond(http::status::not_found, "text/plain", "there are /, /state, /computations and /agents\n");
  }

  void respond_json(std::string text) { respond(http::status::ok, "application/json", std::move(text)); }

  /// Says why, and that no more is heard.
  void refuse(http::status status, const char* why) { respond(status, "text/plain", std::string(why) + "\n", false); }

  void respond(http::status status, const char* type, std::string body, bool go_on = true) {
    response_ = Response(status, parser_->is_header_done() ? parser_->get().version() : 11);
    response_.set(http::field::content_type, type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("Content-Security-Policy", beast::string_view(live_page_policy().data(), live_page_policy().size()));
    response_.set("X-Content-Type-Options", "nosniff");
    response_.set("Cross-Origin-Resource-Policy", "same-origin");
    if (status == http::status::method_not_allowed) response_.set(http::field::allow, "GET");
    response_.keep_alive(go_on && parser_->get().keep_alive());
    response_.body() = std::move(body);
    response_.prepare_payload();
    stream_.expires_after(patience);
    http::async_write(stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      self->response_.body() = {};
      self->response_.keep_alive() ? self->read() : self->end();
    });
  }

  void end() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(tick);
    drain();
  }

  // Closing while the client is still sending would take the answer from it.
  void drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(most_header), [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->drain();
    });
  }

  Hub& hub_;
  beast::tcp_stream stream_;
  Counted counted_;
  beast::flat_buffer buffer_{2 * most_header};
  std::optional<http::request_parser<http::string_body>> parser_;
  Response response_;
};

}  // namespace entente::web
