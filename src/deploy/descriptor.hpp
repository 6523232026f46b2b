// SPDX-License-Identifier: MIT
// Descriptor: a file descriptor that is closed with its owner; pipes and files that live in memory alone.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace entente::deploy {

/// Owns a file descriptor, which no program that is started inherits unless it is handed on by name. Its number is at
/// least 16, so that it is never one of those under which a program gets its files.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

/// Throws Error{too_large} when there are no descriptors left.
Pipe make_pipe();
/// A file with this text that has no name in any folder, and is gone with the last process that holds it. Others on
/// this machine cannot read it.
Descriptor make_memory_file(const std::string& name, std::string_view text);
/// Something to write to and wake somebody who polls.
Descriptor make_signal();

/// 256 bits from the system's random source, as hexadecimal digits.
std::string random_secret();

}  // namespace entente::deploy
