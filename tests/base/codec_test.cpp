// SPDX-License-Identifier: MIT
// Codecs: what is encoded comes back, and no bytes whatever do harm.
#include "entente/base/codec.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>

#include "base/codec_samples.hpp"

namespace {
std::size_t largest_allocation = 0;
}

// Counts what decoding hostile bytes asks for.
[[gnu::noinline]] void* operator new(std::size_t size) {
  largest_allocation = std::max(largest_allocation, size);
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace entente {
namespace {

using samples::Everything;
using samples::Inner;

template <class M>
std::vector<std::byte> bytes_of(const M& message) {
  std::vector<std::byte> bytes;
  encode(message, bytes);
  return bytes;
}
std::vector<std::byte> raw(std::initializer_list<int> list) {
  std::vector<std::byte> bytes;
  for (const int one : list) bytes.push_back(std::byte(one));
  return bytes;
}

struct None {};
struct Hidden {
  int shown() const { return x; }

 private:
  int x = 0;
};
struct Pointer {
  int* p;
};
static_assert(Encodable<Everything> && Encodable<Inner> && Encodable<None>);
static_assert(!Encodable<Hidden> && !Encodable<Pointer> && !Encodable<long double> && !Encodable<std::vector<None>>);

struct Plain {
  std::uint16_t a;
  double b;
  bool c;
};

TEST(Codec, the_form_is_little_endian_without_padding) {
  EXPECT_EQ(bytes_of(Plain{0x0102, 1.0, true}), raw({2, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 1}));
  EXPECT_EQ(encoded_size(Plain{}), 11u);
  EXPECT_EQ(bytes_of(std::string("hi")), raw({2, 0, 0, 0, 'h', 'i'}));
  EXPECT_EQ(bytes_of(std::vector<std::uint8_t>{7, 9}), raw({2, 0, 0, 0, 7, 9}));
  EXPECT_EQ(bytes_of(std::optional<std::uint8_t>()), raw({0}));
  EXPECT_EQ(bytes_of(std::optional<std::uint8_t>(5)), raw({1, 5}));
  EXPECT_TRUE(bytes_of(None{}).empty());
}

TEST(Codec, numbers_come_back_bit_for_bit) {
  for (const double x : {0.0, -0.0, 1.0 / 3, std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*decode<double>(bytes_of(x))), std::bit_cast<std::uint64_t>(x));
  for (const std::int64_t x : {std::numeric_limits<std::int64_t>::min(), std::int64_t(-1), std::int64_t(0)})
    EXPECT_EQ(decode<std::int64_t>(bytes_of(x)), x);
}

RC_GTEST_PROP(Codec, whatever_is_encoded_comes_back, (const std::vector<std::uint8_t>& choices)) {
  const Everything sent = samples::everything_from(choices);
  const auto bytes = bytes_of(sent);
  RC_ASSERT(bytes.size() == encoded_size(sent));
  const auto back = decode<Everything>(bytes);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == sent);
}

RC_GTEST_PROP(Codec, bytes_cut_short_or_too_long_are_no_message, (const std::vector<std::uint8_t>& choices)) {
  auto bytes = bytes_of(samples::everything_from(choices));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    RC_ASSERT(!decode<Everything>(std::span(bytes).first(size)).has_value());
  bytes.push_back({});
  RC_ASSERT(!decode<Everything>(bytes).has_value());
}

RC_GTEST_PROP(Codec, any_bytes_are_one_message_or_none, (const std::vector<std::uint8_t>& any)) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(any));
  if (const auto message = decode<Everything>(bytes)) RC_ASSERT(bytes_of(*message).size() == bytes.size());
}

TEST(Codec, a_bool_is_0_or_1) {
  EXPECT_EQ(decode<bool>(raw({1})), true);
  EXPECT_FALSE(decode<bool>(raw({2})));
  EXPECT_FALSE(decode<std::optional<int>>(raw({7, 0, 0, 0, 0})));
}

TEST(Codec, a_length_that_the_bytes_cannot_hold_allocates_nothing) {
  const auto hostile = raw({0xff, 0xff, 0xff, 0xff, 1, 2, 3});
  largest_allocation = 0;
  EXPECT_FALSE(decode<std::vector<double>>(hostile));
  EXPECT_FALSE(decode<std::string>(hostile));
  EXPECT_FALSE(decode<std::vector<std::vector<int>>>(hostile));
  EXPECT_FALSE((decode<std::vector<std::optional<std::array<double, 1000>>>>(hostile)));
  EXPECT_FALSE(decode<Everything>(hostile));
  EXPECT_EQ(largest_allocation, 0u);
}

/// A type that is no plain struct, with a rule of its own: even numbers only.
class Even {
 public:
  Even() = default;
  explicit Even(std::uint32_t half) : half_(half) {}
  void encode(Writer& out) const { out(2 * half_); }
  static std::optional<Even> decode(Reader& in) {
    std::uint32_t number = 0;
    if (!in(number) || number % 2) return {};
    return Even(number / 2);
  }
  bool operator==(const Even&) const = default;

 private:
  std::uint32_t half_ = 0;
};
struct Evens {
  std::vector<Even> list;
};

TEST(Codec, a_type_may_bring_its_own) {
  EXPECT_EQ(decode<Evens>(bytes_of(Evens{{Even(3), Even(4)}}))->list, (std::vector{Even(3), Even(4)}));
  EXPECT_FALSE(decode<Evens>(raw({1, 0, 0, 0, 7, 0, 0, 0})));
}

struct Sixteen {
  char a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
};
struct Seventeen {
  char a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};
static_assert(Encodable<Sixteen> && !Encodable<Seventeen>);

TEST(Codec, structs_of_up_to_sixteen_members_are_visited_in_order) {
  EXPECT_EQ(bytes_of(Sixteen{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
            raw({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}));
}

}  // namespace
}  // namespace entente
