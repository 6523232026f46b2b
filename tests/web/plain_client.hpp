// SPDX-License-Identifier: MIT
// A client of nothing but sockets: it says what it is told to say, well formed or not, and waits for a limited time.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace entente::web {

class PlainClient {
 public:
  explicit PlainClient(std::uint16_t port) : port_(port), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(port);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0;
  }
  ~PlainClient() { ::close(socket_); }
  PlainClient(const PlainClient&) = delete;
  PlainClient& operator=(const PlainClient&) = delete;

  bool connected() const { return connected_; }

  /// What the other side does not take within `seconds` is not sent.
  bool send(std::string_view bytes, double seconds = 10) {
    const auto end = deadline(seconds);
    while (!bytes.empty()) {
      pollfd ready{socket_, POLLOUT, 0};
      if (::poll(&ready, 1, left(end)) <= 0) return false;
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0) return false;
      bytes.remove_prefix(std::size_t(count));
    }
    return true;
  }
  /// Waits for more; false at the end of the stream or after `seconds`.
  bool receive(double seconds = 10) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, left(deadline(seconds))) <= 0) return false;
    char block[65536];
    const ssize_t count = ::recv(socket_, block, sizeof block, 0);
    if (count <= 0) {
      ended_ = true;
      return false;
    }
    heard_.append(block, std::size_t(count));
    return true;
  }
  /// Whether the other side hangs up within `seconds`.
  bool ends(double seconds = 10) {
    const auto end = deadline(seconds);
    while (!ended_ && std::chrono::steady_clock::now() < end) receive(0.2);
    return ended_;
  }
  std::string& heard() { return heard_; }

  // HTTP --------------------------------------------------------------------------------------------------------
  struct Answer {
    int status = 0;
    std::string header, body;
    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
  };
  std::string own_host() const { return "127.0.0.1:" + std::to_string(port_); }
  Answer get(const std::string& target, const std::string& more = "", const std::string& method = "GET") {
    send(method + " " + target + " HTTP/1.1\r\nHost: " + own_host() + "\r\n" + more + "\r\n");
    return answer();
  }
  Answer answer() {
    Answer answer;
    std::size_t end;
    while ((end = heard_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return answer;
    answer.header = heard_.substr(0, end + 2);
    answer.status = std::atoi(answer.header.c_str() + sizeof "HTTP/1.1");
    heard_.erase(0, end + 4);
    const std::size_t at = answer.header.find("Content-Length: ");
    const std::size_t length = at == std::string::npos ? 0 : std::strtoul(answer.header.c_str() + at + 16, nullptr, 10);
    while (heard_.size() < length && receive()) {
    }
    answer.body = heard_.substr(0, length);
    heard_.erase(0, answer.body.size());
    return answer;
  }

  // WebSocket ---------------------------------------------------------------------------------------------------
  static constexpr std::string_view upgrade =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";  // the key of RFC 6455, and its answer there:
  static constexpr std::string_view accepted = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  bool open_socket(const std::string& target = "/", const std::string& more = "") {
    const Answer answer = get(target, std::string(upgrade) + more);
    return answer.status == 101 && answer.header.find(accepted) != std::string::npos;
  }
  /// Frames of clients are masked; the mask 0 0 0 0 leaves the payload readable.
  static std::string frame(std::string_view payload, int opcode = 1, bool final = true) {
    std::string bytes{char((final ? 0x80 : 0) | opcode)};
    if (payload.size() < 126) {
      bytes += char(0x80 | payload.size());
    } else {
      const bool longer = payload.size() > 0xffff;
      bytes += char(0x80 | (longer ? 127 : 126));
      for (int shift = longer ? 56 : 8; shift >= 0; shift -= 8) bytes += char(payload.size() >> shift);
    }
    return bytes.append(4, '\0').append(payload);
  }
  struct Frame {
    int opcode = 0;
    std::string payload;
    nlohmann::json json() const { return nlohmann::json::parse(payload, nullptr, false); }
  };
  std::optional<Frame> next_frame(double seconds = 10) {
    const auto end = deadline(seconds);
    for (;;) {
      if (std::optional<Frame> frame = take_frame()) return frame;
      if (std::chrono::steady_clock::now() >= end || !receive(double(left(end)) / 1000)) return {};
    }
  }
  /// The next message whose `key` is `value`; others are dropped.
  nlohmann::json next(const std::string& key, const std::string& value, double seconds = 10) {
    const auto end = deadline(seconds);
    while (std::chrono::steady_clock::now() < end) {
      const std::optional<Frame> frame = next_frame(double(left(end)) / 1000);
      if (!frame) break;
      nlohmann::json json = frame->json();
      if (json.is_object() && json.value(key, "") == value) return json;
    }
    ADD_FAILURE() << "no message with " << key << " " << value;
    return nullptr;
  }

 private:
  using Time = std::chrono::steady_clock::time_point;
  static Time deadline(double seconds) {
    return std::chrono::steady_clock::now() + std::chrono::microseconds(std::int64_t(seconds * 1e6));
  }
  static int left(Time end) {
    const auto now = std::chrono::steady_clock::now();
    return end <= now ? 0 : int(std::chrono::ceil<std::chrono::milliseconds>(end - now).count());
  }
  std::optional<Frame> take_frame() {
    const auto byte = [&](std::size_t i) { return std::size_t(static_cast<unsigned char>(heard_[i])); };
    if (heard_.size() < 2) return {};
    std::size_t length = byte(1), at = 2;
    const std::size_t wide = length == 127 ? 8 : length == 126 ? 2 : 0;
    if (heard_.size() < at + wide) return {};
    if (wide) length = 0;
    for (std::size_t i = 0; i < wide; ++i) length = length << 8 | byte(at++);
    if (heard_.size() < at + length) return {};
    Frame frame{int(byte(0) & 15), heard_.substr(at, length)};
    heard_.erase(0, at + length);
    return frame;
  }

  const std::uint16_t port_;
  const int socket_;
  bool connected_ = false, ended_ = false;
  std::string heard_;
};

}  // namespace entente::web
