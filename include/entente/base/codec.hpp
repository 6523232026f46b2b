// SPDX-License-Identifier: MIT
// Codecs: messages as bytes and back. They are derived for structs without constructors, private members or bases
// (aggregates) of up to 16 members; other types bring their own.
//
//   struct Offer { std::vector<std::pair<ValueIndex, double>> moves; bool final; };
//   std::vector<std::byte> bytes;
//   encode(offer, bytes);                                // appends encoded_size(offer) bytes
//   std::optional<Offer> back = decode<Offer>(bytes);    // nothing if these are not the bytes of an Offer
//
// Members: numbers, bool, enumerations, std::string, std::vector, std::array, std::pair, std::optional, and such
// structs. A type of another kind has `void encode(Writer&) const` and `static std::optional<T> decode(Reader&)`.
//
// Form  little-endian, without padding or names; floating-point numbers bit for bit. A bool is one byte, 0 or 1;
// strings
//       and vectors begin with their length in 4 bytes, an optional with 0 or 1. Which struct it is, and of which
//       version, is for the one to say who frames the bytes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "entente/base/members.hpp"

namespace entente {

class Writer;
class Reader;

namespace detail {

template <class T>
concept OwnCodec = requires(const T& value, Writer& writer, Reader& reader) {
  value.encode(writer);
  { T::decode(reader) } -> std::same_as<std::optional<T>>;
};
/// Numbers and enumerations whose every bit pattern is a value.
template <class T>
concept FixedEnum = std::is_enum_v<T> && requires {
  T{0};
};
template <class T>
concept Number = (std::integral<T> || std::same_as<T, float> || std::same_as<T, double>)&&!std::same_as<T, bool>;
template <class T>
concept Scalar = Number<T> || FixedEnum<T> || std::same_as<T, bool>;

/// Whether a type has a codec, and the least bytes that it takes.
template <class T>
struct Form {
  static constexpr bool known = false;
  static constexpr std::size_t least = 0;
  static constexpr bool fixed = false;  ///< It always takes `least` bytes.
};
template <class T>
requires OwnCodec<T>
struct Form<T> {
  static constexpr bool known = true;
  static constexpr std::size_t least = 1;
  static constexpr bool fixed = false;
};
template <Scalar T>
struct Form<T> {
  static constexpr bool known = true;
  static constexpr std::size_t least = sizeof(T);
  static constexpr bool fixed = true;
};
template <>
struct Form<std::string> {
  static constexpr bool known = true;
  static constexpr std::size_t least = 4;
  static constexpr bool fixed = false;
};
template <class T>
struct Form<std::vector<T>> {
  // Elements that take no bytes could be as many as the length says, out of nothing.
  static constexpr bool known = Form<T>::known && Form<T>::least > 0;
  static constexpr std::size_t least = 4;
  static constexpr bool fixed = false;
};
template <class T>
struct Form<std::optional<T>> {
  static constexpr bool known = Form<T>::known && std::is_default_constructible_v<T>;
  static constexpr std::size_t least = 1;
  static constexpr bool fixed = false;
};
template <class T, std::size_t n>
struct Form<std::array<T, n>> {
  static constexpr bool known = Form<T>::known;
  static constexpr std::size_t least = n * Form<T>::least;
  static constexpr bool fixed = Form<T>::fixed;
};
template <class T, class U>
struct Form<std::pair<T, U>> {
  static constexpr bool known = Form<T>::known && Form<U>::known;
  static constexpr std::size_t least = Form<T>::least + Form<U>::least;
  static constexpr bool fixed = Form<T>::fixed && Form<U>::fixed;
};
template <class T>
requires(Aggregate<T> && !OwnCodec<T>) struct Form<T> {
  template <class List>
  struct All;
  template <class... M>
  struct All<Members<M...>> {
    static constexpr bool known = (Form<M>::known && ...);
    static constexpr std::size_t least = (std::size_t(0) + ... + Form<M>::least);
    static constexpr bool fixed = (Form<M>::fixed && ...);
  };
  using Parts = All<members_of<T>>;
  static constexpr bool known = Parts::known;
  static constexpr std::size_t least = Parts::least;
  static constexpr bool fixed = Parts::fixed;
};

}  // namespace detail

/// A type that can be encoded and decoded.
template <class T>
concept Encodable = detail::Form<T>::known && std::is_default_constructible_v<T>;

/// Appends values to bytes, or only counts the bytes they would take.
class Writer {
 public:
  Writer() = default;  ///< Only counts.
  explicit Writer(std::vector<std::byte>& bytes) : bytes_(&bytes) {}

  std::size_t size() const { return size_; }
  void raw(const void* data, std::size_t size) {
    size_ += size;
    if (!bytes_ || size == 0) return;
    const auto* const first = static_cast<const std::byte*>(data);
    bytes_->insert(bytes_->end(), first, first + size);
  }
  /// Numbers without their count.
  template <detail::Number T>
  void numbers(std::span<const T> list) {
    if constexpr (std::endian::native == std::endian::little)
      raw(list.data(), list.size_bytes());
    else
      for (const T one : list) (*this)(one);
  }
  template <class T>
  void operator()(const T& value) {
    static_assert(detail::Form<T>::known, "this type has no codec; codec.hpp says which types have one");
    if constexpr (detail::Scalar<T>) {
      auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
      if constexpr (std::endian::native == std::endian::big) std::reverse(bytes.begin(), bytes.end());
      raw(bytes.data(), bytes.size());
    } else if constexpr (detail::OwnCodec<T>) {
      value.encode(*this);
    } else {
      write(value);
    }
  }

 private:
  void length(std::size_t count) {
    if (count > 0xffffffffu) throw std::length_error("a message with more than 2^32 elements cannot be encoded");
    (*this)(std::uint32_t(count));
  }
  void write(const std::string& text) {
    length(text.size());
    raw(text.data(), text.size());
  }
  template <class T>
  void write(const std::vector<T>& list) {
    length(list.size());
    if constexpr (detail::Number<T>)
      numbers(std::span<const T>(list));
    else
      for (const T& one : list) (*this)(one);
  }
  template <class T>
  void write(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  template <class T, std::size_t n>
  void write(const std::array<T, n>& list) {
    for (const T& one : list) (*this)(one);
  }
  template <class T, class U>
  void write(const std::pair<T, U>& pair) {
    (*this)(pair.first);
    (*this)(pair.second);
  }
  template <detail::Aggregate T>
  void write(const T& value) {
    detail::with_members(value, [&](const auto&... member) { ((*this)(member), ...); });
  }

  std::vector<std::byte>* bytes_ = nullptr;
  std::size_t size_ = 0;
};

/// Reads values from bytes. Each call says whether that worked; after the first that did not, none does.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes, void* context = nullptr) : rest_(bytes), context_(context) {}

  /// Bytes not yet read.
  std::size_t rest() const { return rest_.size(); }
  /// What the receiver gives its own codecs, a memory budget say: what `self.workspace<T>()` gives, or null.
  template <class T>
  T* context() const {
    return static_cast<T*>(context_);
  }
  bool raw(void* data, std::size_t size) {
    if (size > rest_.size()) return fail();
    if (size) std::memcpy(data, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return true;
  }
  /// As many numbers as the span is long.
  template <detail::Number T>
  bool numbers(std::span<T> list) {
    if constexpr (std::endian::native == std::endian::little) return raw(list.data(), list.size_bytes());
    for (T& one : list)
      if (!(*this)(one)) return false;
    return true;
  }
  bool fail() {
    failed_ = true;
    rest_ = {};
    return false;
  }
  template <class T>
  bool operator()(T& value) {
    static_assert(detail::Form<T>::known, "this type has no codec; codec.hpp says which types have one");
    if (failed_) return false;
    if constexpr (std::same_as<T, bool>) {
      std::uint8_t byte = 0;
      if (!raw(&byte, 1) || byte > 1) return fail();
      value = byte == 1;
      return true;
    } else if constexpr (detail::Scalar<T>) {
      std::array<std::byte, sizeof(T)> bytes;
      if (!raw(bytes.data(), bytes.size())) return false;
      if constexpr (std::endian::native == std::endian::big) std::reverse(bytes.begin(), bytes.end());
      value = std::bit_cast<T>(bytes);
      return true;
    } else if constexpr (detail::OwnCodec<T>) {
      std::optional<T> one = T::decode(*this);
      if (!one || failed_) return fail();
      value = std::move(*one);
      return true;
    } else {
      return read(value);
    }
  }

 private:
  /// A length that the bytes which are left can hold.
  bool length(std::uint32_t& count, std::size_t least) {
    return (*this)(count) && (count <= rest_.size() / least || fail());
  }
  bool read(std::string& text) {
    std::uint32_t count = 0;
    if (!length(count, 1)) return false;
    text.resize(count);
    return raw(text.data(), count);
  }
  template <class T>
  bool read(std::vector<T>& list) {
    std::uint32_t count = 0;
    list.clear();
    if (!length(count, detail::Form<T>::least)) return false;
    if constexpr (detail::Number<T>) {
      list.resize(count);
      return numbers(std::span<T>(list));
    } else {
      // Grows as elements arrive: one may take much more memory than bytes.
      for (std::uint32_t i = 0; i < count; ++i) {
        T one{};
        if (!(*this)(one)) return false;
        list.push_back(std::move(one));
      }
      return true;
    }
  }
  template <class T>
  bool read(std::optional<T>& value) {
    bool there = false;
    value.reset();
    return (*this)(there) && (!there || (*this)(value.emplace()));
  }
  template <class T, std::size_t n>
  bool read(std::array<T, n>& list) {
    for (T& one : list)
      if (!(*this)(one)) return false;
    return true;
  }
  template <class T, class U>
  bool read(std::pair<T, U>& pair) {
    return (*this)(pair.first) && (*this)(pair.second);
  }
  template <detail::Aggregate T>
  bool read(T& value) {
    return detail::with_members(value, [&](auto&... member) { return ((*this)(member) && ...); });
  }

  std::span<const std::byte> rest_;
  void* context_;
  bool failed_ = false;
};

/// Bytes that `message` takes.
template <Encodable M>
std::size_t encoded_size(const M& message) {
  if constexpr (detail::Form<M>::fixed) {
    return detail::Form<M>::least;
  } else {
    Writer writer;
    writer(message);
    return writer.size();
  }
}

/// Appends the bytes of `message`.
template <Encodable M>
void encode(const M& message, std::vector<std::byte>& bytes) {
  Writer writer(bytes);
  writer(message);
}

/// Returns the message that these bytes are; nothing if they are not exactly one, whatever they are. Takes no more
/// memory than the message that they describe. `context` is what types with a codec of their own may ask for.
template <Encodable M>
std::optional<M> decode(std::span<const std::byte> bytes, void* context = nullptr) {
  Reader reader(bytes, context);
  M message{};
  if (!reader(message) || reader.rest() > 0) return std::nullopt;
  return message;
}

}  // namespace entente
