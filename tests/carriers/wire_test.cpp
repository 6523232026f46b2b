// SPDX-License-Identifier: MIT
// Messages as bytes: they come back as they went, and whatever else comes is refused with a reason.
#include "entente/carriers/wire.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "carriers/parties.hpp"
#include "entente/carriers/in_process.hpp"

namespace entente {
namespace {

using testing::message_of;
using testing::Party;
using testing::pointers;

struct Offer {
  static constexpr std::string_view content_name = "test.offer";
  static constexpr std::uint32_t content_version = 3;
  std::vector<double> amounts;
  std::string unit;
  bool operator==(const Offer&) const = default;
};
struct OlderOffer {
  static constexpr std::string_view content_name = "test.offer";
  static constexpr std::uint32_t content_version = 2;
  std::vector<double> amounts;
};
struct SecondOffer {
  static constexpr std::string_view content_name = "test.offer";
  static constexpr std::uint32_t content_version = 3;
  int amount;
};
struct Live {
  std::shared_ptr<int> state;
};

Envelope sample() {
  Envelope envelope{{3}, {4}, 99, Envelope::Kind::request, false, Offer{{1.5, -2}, "kW"}, nullptr};
  envelope.notes = std::make_unique<Notes>(Notes{{"round", "7"}});
  return envelope;
}
std::vector<std::byte> bytes_of(const Envelope& envelope) {
  std::vector<std::byte> bytes;
  write_envelope(envelope, bytes);
  return bytes;
}

TEST(Wire, AMessageComesBackAsItWent) {
  ContentTypes types;
  types.add<Offer>();
  const Envelope back = read_envelope(bytes_of(sample()), types);
  EXPECT_EQ(back.from, Address{3});
  EXPECT_EQ(back.to, Address{4});
  EXPECT_EQ(back.id, 99u);
  EXPECT_EQ(back.kind, Envelope::Kind::request);
  EXPECT_FALSE(back.is_reply);
  EXPECT_EQ(back.content.as<Offer>(), (Offer{{1.5, -2}, "kW"}));
  ASSERT_TRUE(back.notes);
  EXPECT_EQ(*back.notes, (Notes{{"round", "7"}}));
}

TEST(Wire, AMessageWithoutAContentComesBack) {
  const Envelope empty{{1}, {2}, 5, Envelope::Kind::reply, true, {}, nullptr};
  const Envelope back = read_envelope(bytes_of(empty), {});
  EXPECT_TRUE(back.content.empty());
  EXPECT_TRUE(back.is_reply);
  EXPECT_FALSE(back.notes);
}

TEST(Wire, TypesThatAreNotKnownAreNamed) {
  EXPECT_EQ(message_of<Error>([] { read_envelope(bytes_of(sample()), {}); }),
            "a message of type test.offer arrived, which is not known here; add it to the ContentTypes");
  ContentTypes types;
  types.add<OlderOffer>();
  EXPECT_EQ(message_of<Error>([&] { read_envelope(bytes_of(sample()), types); }),
            "a message of type test.offer arrived in version 3, of which version 2 is known here");
}

TEST(Wire, TwoTypesOfOneNameAndVersionAreRefused) {
  ContentTypes types;
  types.add<Offer>().add<Offer>().add<OlderOffer>();
  EXPECT_THROW(types.add(detail::content_type<SecondOffer>), Error);
}

TEST(Wire, EveryShorterMessageAndEveryLongerOneIsRefused) {
  ContentTypes types;
  types.add<Offer>();
  std::vector<std::byte> bytes = bytes_of(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(read_envelope(std::span(bytes).first(size), types), Error) << size;
  bytes.push_back(std::byte{0});
  EXPECT_THROW(read_envelope(bytes, types), Error);
}

TEST(Wire, AnotherFormIsRefused) {
  std::vector<std::byte> bytes = bytes_of(sample());
  bytes[0] = std::byte{2};
  EXPECT_EQ(message_of<Error>([&] { read_envelope(bytes, {}); }), "a message of form 2 arrived, where form 1 is known");
  bytes[0] = std::byte{1};
  bytes[1] = std::byte{4};
  EXPECT_EQ(message_of<Error>([&] { read_envelope(bytes, {}); }),
            "a message cannot be read: it is of kind 4, where 0 to 3 was expected");
}

TEST(Wire, ANetworkThroughBytesDoesTheSameAndCountsThem) {
  std::vector<Party> two(2);
  std::vector<std::string> units;
  two[0].react = [&](Carrier& carrier, const Content& content, const Meta& meta) {
    units.push_back(content.as<Offer>().unit);
    if (meta.is_request) carrier.reply(meta, Offer{{}, "answer"});
  };
  two[1].react = [&](Carrier& carrier, const Content& content, const Meta&) {
    carrier.send({1}, content, {{"note", "1"}});
    carrier.ask({1}, content, {}, [&](Reply reply) { units.push_back(reply.content.as<Offer>().unit); });
  };
  InProcessOptions options;
  options.through_bytes = true;
  const RunReport report = start_distributed_optimization(pointers(two), Offer{{1}, "kW"}, options);
  EXPECT_EQ(units, (std::vector<std::string>{"kW", "kW", "answer"}));
  EXPECT_EQ(report.messages, 4u);
  EXPECT_GT(report.bytes, 4u * 30);
}

TEST(Wire, WhatHasNoCodecIsRefusedByName) {
  std::vector<Party> two(2);
  two[1].react = [](Carrier& carrier, const Content&, const Meta&) { carrier.send({1}, Live{}); };
  InProcessOptions options;
  options.through_bytes = true;
  const std::string said = message_of<Error>([&] { start_distributed_optimization(pointers(two), 1, options); });
  EXPECT_NE(said.find("Live cannot travel as bytes: its type has no codec"), std::string::npos) << said;
}

TEST(Wire, AnExceptionBecomesAReasonOnItsWayThroughBytes) {
  std::vector<Party> two(2);
  two[0].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("infeasible"); };
  std::string said;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    carrier.ask({1}, 1, {}, [&](Reply reply) { said = message_of<AskError>([&] { reply.failure.rethrow(); }); });
  };
  InProcessOptions options;
  options.through_bytes = true;
  start_distributed_optimization(pointers(two), 1, options);
  EXPECT_EQ(said, "participant 1 could not answer: infeasible");
}

TEST(Content, HoldsAValueOfOneType) {
  const Content number = 5;
  EXPECT_EQ(number.as<int>(), 5);
  EXPECT_EQ(number.get<double>(), nullptr);
  EXPECT_EQ(number.type_name(), "int");
  EXPECT_EQ(message_of<Error>([&] { (void)number.as<double>(); }),
            "found a message of type int where double was expected");
  EXPECT_EQ(Content("text").as<std::string>(), "text");
  EXPECT_TRUE(Content().empty());
  EXPECT_EQ(Content().type_name(), "nothing");
  EXPECT_TRUE(number.encodable());
  EXPECT_EQ(number.encoded_size(), 4u);
  EXPECT_FALSE(Content(Live{}).encodable());
}

// Whatever can be copied can be sent in process.
struct Marker {};
struct Marked : Marker {
  int x;
};
struct MarkedAndEncoded : Marked {
  void encode(Writer& write) const { write(x); }
  static std::optional<MarkedAndEncoded> decode(Reader& read) {
    MarkedAndEncoded value{};
    if (!read(value.x)) return std::nullopt;
    return value;
  }
};
struct Array {
  double x[3];
};
struct Callback {
  std::function<void()> call;
  Party* party;
};
class Private {
 public:
  explicit Private(int x) : x_(x) {}
  int x() const { return x_; }

 private:
  int x_;
};
struct Many {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};

TEST(Content, HoldsWhateverCanBeCopied) {
  const std::vector<Content> local = {Marked{{}, 1},    Array{{1, 2, 3}},          Callback{}, Private(4), Many{},
                                      [] { return 1; }, std::map<int, int>{{1, 2}}};
  for (const Content& content : local) EXPECT_FALSE(content.encodable()) << content.type_name();
  EXPECT_EQ(local[0].as<Marked>().x, 1);
  EXPECT_EQ(local[3].as<Private>().x(), 4);
  EXPECT_TRUE(Content(MarkedAndEncoded{}).encodable());
  enum class Colour { red, green };
  EXPECT_TRUE(Content(Colour::green).encodable());
  EXPECT_TRUE(Content(std::pair<int, std::string>(1, "a")).encodable());
}

TEST(Content, CopiesShareTheValue) {
  const Content first = std::vector<double>{1, 2};
  const Content second = first;
  EXPECT_EQ(&first.as<std::vector<double>>(), &second.as<std::vector<double>>());
}

}  // namespace
}  // namespace entente
