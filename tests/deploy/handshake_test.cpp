// SPDX-License-Identifier: MIT
// The bytes of the handshake: there and back, and what becomes of bytes that are none of it.
#include "deploy/handshake.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

Hello some_hello() {
  Hello hello;
  hello.name = "light \xc3\xa9";
  hello.instance = random_instance();
  hello.capacity = 12.5;
  hello.place = "host, process 4711";
  return hello;
}
Answer some_answer() { return {Answer::Kind::welcome, "text", "run-00ff", 3, 17}; }

TEST(Handshake, a_hello_and_an_answer_come_back_as_they_were) {
  const Hello hello = some_hello();
  const std::optional<Hello> back = read_hello(to_bytes(hello));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->version, handshake_version);
  EXPECT_EQ(back->name, hello.name);
  EXPECT_EQ(back->instance, hello.instance);
  EXPECT_EQ(back->capacity, hello.capacity);
  EXPECT_EQ(back->place, hello.place);
  const std::optional<Answer> answer = read_answer(to_bytes(some_answer()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind, Answer::Kind::welcome);
  EXPECT_EQ(answer->text, "text");
  EXPECT_EQ(answer->session, "run-00ff");
  EXPECT_EQ(answer->address, 3u);
  EXPECT_EQ(answer->participants, 17u);
}

TEST(Handshake, of_another_version_only_the_version_is_read) {
  std::vector<std::byte> bytes = to_bytes(some_hello());
  bytes[4] = std::byte(9);
  bytes.resize(8);
  const std::optional<Hello> hello = read_hello(bytes);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->version, 9u);
  std::vector<std::byte> answer = to_bytes(some_answer());
  answer[4] = std::byte(9);
  try {
    read_answer(answer);
    ADD_FAILURE() << "taken for ours";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("version 9"), std::string::npos) << error.what();
  }
}

TEST(Handshake, every_beginning_of_a_message_and_every_longer_one_is_refused) {
  const std::vector<std::byte> hello = to_bytes(some_hello()), answer = to_bytes(some_answer());
  for (std::size_t size = 0; size < hello.size(); ++size)
    EXPECT_FALSE(read_hello(std::span(hello).first(size))) << size;
  for (std::size_t size = 0; size < answer.size(); ++size)
    EXPECT_FALSE(read_answer(std::span(answer).first(size))) << size;
  std::vector<std::byte> longer = hello;
  longer.push_back({});
  EXPECT_FALSE(read_hello(longer));
  EXPECT_FALSE(read_answer(hello));
  EXPECT_FALSE(read_hello(answer));
  EXPECT_FALSE(read_hello(std::vector<std::byte>(1 << 20, std::byte('E'))));
}

RC_GTEST_PROP(Handshake, no_bytes_are_too_strange, (std::vector<std::uint8_t> noise)) {
  for (const std::vector<std::byte>& front : {to_bytes(some_hello()), to_bytes(some_answer())}) {
    std::vector<std::byte> bytes(front.begin(), front.begin() + 8);
    for (const std::uint8_t byte : noise) bytes.push_back(std::byte(byte));
    (void)read_hello(bytes);
    (void)read_answer(bytes);
  }
}

TEST(Handshake, names_of_runs_are_words) {
  EXPECT_NO_THROW(check_run_name("fleet_1-a", "run"));
  for (const char* name : {"", "a.b", "a b", "*", ">", "ä", "a\n"}) EXPECT_THROW(check_run_name(name, "run"), Error);
  EXPECT_THROW(check_run_name(std::string(65, 'a'), "run"), Error);
  EXPECT_EQ(hello_subject("fleet"), "entente.fleet.hello");
}

}  // namespace
}  // namespace entente::deploy
