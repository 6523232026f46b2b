// SPDX-License-Identifier: MIT
#include "web/live_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

#include "entente/base/error.hpp"
#include "web/live_clients.hpp"

namespace entente::web {
namespace {

/// Agents that a run starts must not keep its port.
template <class Socket>
void close_on_exec(Socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

}  // namespace

struct LiveServer::Parts {
  explicit Parts(const Problem& problem) : hub(problem) {}

  Hub hub;  // outlives the clients that the context still holds
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer clock{context};
  std::thread thread;

  std::mutex mutex;  ///< For what the run leaves and the server's thread takes:
  std::optional<RunPlan> plan;
  std::shared_ptr<const LiveState> state;
  bool notified = false;

  /// Returns the port.
  std::uint16_t listen(std::uint16_t wanted) {
    const auto attempt = [&](const char* what, auto&& step) {
      error_code error;
      step(error);
      if (!error) return;
      const bool taken = error == asio::error::address_in_use;
      throw Error(ErrorCode::wrong_use, fmt::format("--uiport: cannot {} port {} of 127.0.0.1: {}; {}", what, wanted,
                                                    taken ? "another program listens there" : error.message(),
                                                    "choose another port, or 0 for any that is free"));
    };
    const tcp::endpoint place(asio::ip::address_v4::loopback(), wanted);
    attempt("open", [&](error_code& error) { acceptor.open(place.protocol(), error); });
    close_on_exec(acceptor);
    attempt("use", [&](error_code& error) { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
    attempt("use", [&](error_code& error) { acceptor.bind(place, error); });
    attempt("listen on", [&](error_code& error) { acceptor.listen(asio::socket_base::max_listen_connections, error); });
    return acceptor.local_endpoint().port();
  }

  void accept() {
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
      if (!acceptor.is_open()) return;
      if (!error && hub.connections < most_connections) {
        close_on_exec(socket);
        std::make_shared<HttpClient>(hub, std::move(socket), Counted(hub))->read();
      }
      if (!error) return accept();
      // Out of descriptors, say: that passes.
      auto again = std::make_shared<asio::steady_timer>(context, std::chrono::milliseconds(100));
      again->async_wait([this, again](error_code) {
        if (acceptor.is_open()) accept();
      });
    });
  }

  void look_after_clients() {
    clock.expires_after(tick);
    clock.async_wait([this](error_code error) {
      if (error) return;
      const auto now = Clock::now();
      for (SocketClient* const client : snapshot()) client->look_after(now);
      look_after_clients();
    });
  }

  /// Telling a client something may take it from the set.
  std::vector<SocketClient*> snapshot() const { return {hub.clients.begin(), hub.clients.end()}; }

  /// With the mutex held.
  void notify() {
    if (std::exchange(notified, true)) return;
    asio::post(context, [this] { take(); });
  }
  void take() {
    std::optional<RunPlan> begun;
    std::shared_ptr<const LiveState> newest;
    {
      const std::lock_guard lock(mutex);
      notified = false;
      begun = std::exchange(plan, std::nullopt);
      newest = std::exchange(state, nullptr);
    }
    if (begun) hub.view.begin(std::move(*begun));
    if (newest) hub.view.update(std::move(newest));
    for (SocketClient* const client : snapshot()) client->write();
  }

  void run() {
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception&) {
        // Out of memory for one client, say: that client is lost, the others are not.
      }
    }
  }

  /// Nothing is accepted any more; ends when the last client has left.
  void end_when_all_have_left(Clock::time_point limit) {
    if (hub.clients.empty() || Clock::now() >= limit) return context.stop();
    clock.expires_after(std::chrono::milliseconds(5));
    clock.async_wait([this, limit](error_code) { end_when_all_have_left(limit); });
  }
};

LiveServer::LiveServer(const Problem& problem, std::uint16_t port)
    : parts_(std::make_unique<Parts>(problem)), port_(parts_->listen(port)) {
  parts_->accept();
  parts_->look_after_clients();
  // Signals are for the program's own threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LiveServer::~LiveServer() { close(); }

void LiveServer::begin(const RunPlan& plan) {
  const std::lock_guard lock(parts_->mutex);
  parts_->plan = plan;
  parts_->notify();
}

void LiveServer::update(const LiveState& state) {
  auto copy = std::make_shared<const LiveState>(state);
  const std::lock_guard lock(parts_->mutex);
  parts_->state = std::move(copy);
  parts_->notify();
}

void LiveServer::close() {
  if (!parts_) return;
  asio::post(parts_->context, [parts = parts_.get()] {
    error_code ignored;
    parts->acceptor.close(ignored);
    parts->take();
    parts->hub.view.end();
    for (SocketClient* const client : parts->snapshot()) client->write();
    parts->end_when_all_have_left(Clock::now() + std::chrono::seconds(1));
  });
  parts_->thread.join();
  parts_.reset();
}

}  // namespace entente::web
