// SPDX-License-Identifier: MIT
// What participants exchange: addresses, contents of any type, and what comes with a message.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "entente/base/codec.hpp"

namespace entente {

/// Where a participant is reached. In process they count from 1, in order of joining; 0 is nobody.
struct Address {
  std::uint32_t number = 0;
  auto operator<=>(const Address&) const = default;
};

/// Remarks that travel with a message, as keys and values. `sender`, `message_id` and `reply` are the carrier's own:
/// sending remarks of these names is refused.
using Notes = std::vector<std::pair<std::string, std::string>>;

/// What comes with a message.
struct Meta {
  Address sender;                ///< Who sent it; of a reply: who replied.
  std::uint64_t message_id = 0;  ///< Unique in its network; a reply has that of the message it replies to.
  bool is_reply = false;
  Notes notes;
  bool is_request = false;  ///< Whether the sender awaits a reply; one that nobody awaits arrives as a message.

  bool operator==(const Meta&) const = default;
};

/// Specialise as true for a type that must not travel as bytes, or whose codec cannot be derived although it looks like
/// a plain struct (one with bit fields).
template <class T>
inline constexpr bool in_process_only = false;

namespace detail {

/// The type's name as the compiler spells it.
template <class T>
constexpr std::string_view spelled_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, std::min(text.find(';'), text.rfind(']')));
}
template <class T>
concept NamesItself = requires {
  { T::content_name } -> std::convertible_to<std::string_view>;
};
template <class T>
concept HasVersion = requires {
  { T::content_version } -> std::convertible_to<std::uint32_t>;
};

/// Becomes any base of T: what the first initialiser of a struct with bases has to be.
template <class T>
struct BaseOf {
  template <class B>
  requires(std::is_base_of_v<B, T> && !std::same_as<B, T>) operator B() const;
};
/// Codecs are derived from members, and bases are none.
template <class T>
concept HasBase = std::is_aggregate_v<T> && requires {
  T{BaseOf<T>{}};
};

/// What a Content knows about the type it holds.
struct ContentType {
  std::string_view name;
  std::uint32_t version;
  const std::type_info* info;
  // Null for types without a codec.
  std::size_t (*size)(const void*);
  void (*encode)(const void*, std::vector<std::byte>&);
  std::shared_ptr<const void> (*decode)(std::span<const std::byte>);  // null if these are not the bytes of one
};

template <class T>
constexpr ContentType describe() {
  ContentType type{spelled_name<T>(), 1, &typeid(T), nullptr, nullptr, nullptr};
  if constexpr (NamesItself<T>) type.name = T::content_name;
  if constexpr (HasVersion<T>) type.version = T::content_version;
  if constexpr (!in_process_only<T> && (!HasBase<T> || OwnCodec<T>)) {
    if constexpr (Encodable<T>) {
      type.size = [](const void* value) { return encoded_size(*static_cast<const T*>(value)); };
      type.encode = [](const void* value, std::vector<std::byte>& bytes) {
        entente::encode(*static_cast<const T*>(value), bytes);
      };
      type.decode = [](std::span<const std::byte> bytes) -> std::shared_ptr<const void> {
        std::optional<T> value = entente::decode<T>(bytes);
        if (!value) return nullptr;
        return std::make_shared<const T>(std::move(*value));
      };
    }
  }
  return type;
}
template <class T>
inline constexpr ContentType content_type = describe<T>();

}  // namespace detail

/// A value of any copyable type, for others to read. Cheap to copy: copies share the value, which nobody changes. In
/// process it reaches its receivers as it is, without being copied; one whose type has a codec (base/codec.hpp) can
/// also travel as bytes.
///
///   struct Offer { std::vector<double> amounts; };
///   carrier.send(to, Offer{{1, 2}});
///   if (const Offer* offer = content.get<Offer>()) ...
///
/// Across a network a type goes by its name and version: `static constexpr std::string_view content_name = "offer";`
/// and `static constexpr std::uint32_t content_version = 2;` in the struct, else as the compiler spells it, and 1.
class Content {
 public:
  Content() = default;  ///< Holds nothing.
  template <class T>
  requires(!std::same_as<std::decay_t<T>, Content> && std::copy_constructible<std::decay_t<T>>)
      Content(T&& value)  // NOLINT: implicit, so that a message can be sent by its value
      : type_(&detail::content_type<std::decay_t<T>>),
        value_(std::make_shared<const std::decay_t<T>>(std::forward<T>(value))) {}
  Content(const char* text) : Content(std::string(text)) {}  // NOLINT

  /// Without a copy: one value for many receivers, or an object that its owner goes on changing, which receivers then
  /// see as it is when they look. Holds nothing if `value` is null.
  template <class T>
  static Content shared(std::shared_ptr<T> value) {
    using Value = std::remove_const_t<T>;
    Content content;
    if (value) content.type_ = &detail::content_type<Value>;
    content.value_ = std::shared_ptr<const Value>(std::move(value));
    return content;
  }

  /// The value, or null if this holds a value of another type or nothing. Valid while any copy of this lives.
  template <class T>
  const T* get() const {
    return holds<T>() ? static_cast<const T*>(value_.get()) : nullptr;
  }
  template <class T>
  bool holds() const {
    return type_ == &detail::content_type<T> || (type_ && *type_->info == typeid(T));
  }
  /// The value, or an Error{wrong_use} that says what was found.
  template <class T>
  const T& as() const {
    const T* const value = get<T>();
    if (!value) refuse(detail::content_type<T>.name);
    return *value;
  }

  bool empty() const { return !type_; }
  /// `nothing` for an empty one.
  std::string_view type_name() const { return type_ ? type_->name : "nothing"; }
  std::uint32_t type_version() const { return type_ ? type_->version : 0; }
  /// Whether it can travel as bytes. An empty one can.
  bool encodable() const { return !type_ || type_->encode; }
  /// Bytes of the value alone; 0 if it cannot be encoded.
  std::size_t encoded_size() const { return type_ && type_->size ? type_->size(value_.get()) : 0; }
  /// Appends the bytes of the value alone. Throws Error{unsupported} if its type has no codec.
  void encode(std::vector<std::byte>& bytes) const;
  /// Whether both hold a value of the same type.
  bool same_type(const Content& other) const {
    return type_ == other.type_ || (type_ && other.type_ && *type_->info == *other.type_->info);
  }
  const detail::ContentType* type() const { return type_; }
  static Content of(const detail::ContentType& type, std::shared_ptr<const void> value) {
    Content content;
    content.type_ = &type;
    content.value_ = std::move(value);
    return content;
  }

 private:
  [[noreturn]] void refuse(std::string_view expected) const;

  const detail::ContentType* type_ = nullptr;
  std::shared_ptr<const void> value_;
};

}  // namespace entente
