// SPDX-License-Identifier: MIT
// TLS, keys and credentials files, with certificates made on the spot.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "carriers/networks.hpp"
#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::Folder;
using testing::message_of;
using testing::NatsServerProcess;

std::string failure(const NatsAccess& access) {
  return message_of<Error>([&] { NatsConnection connection(access, "test"); });
}

/// An authority and what it has signed, by the openssl program.
class Certificates {
 public:
  Certificates() {
    run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem");
    run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stranger -keyout other.key -out other.pem");
    sign("server", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    sign("elsewhere", "subjectAltName=DNS:elsewhere.example");
    sign("agent", "subjectAltName=DNS:agent.example");
  }
  static bool possible() { return std::system("openssl version > /dev/null 2>&1") == 0; }
  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
  std::string server_configuration(const std::string& name, const std::string& more = "") const {
    return "authorization { token: secret }\ntls {\n  cert_file: \"" + file(name + ".pem") + "\"\n  key_file: \"" +
           file(name + ".key") + "\"\n  ca_file: \"" + file("ca.pem") + "\"\n" + more + "}\n";
  }

 private:
  void run(const std::string& command) const {
    const std::string whole = "cd " + folder_.path().string() + " && " + command + " > log 2>&1";
    ASSERT_EQ(std::system(whole.c_str()), 0) << command;
  }
  void sign(const std::string& name, const std::string& extension) const {
    folder_.write(name + ".ext", extension + "\n");
    run("openssl req -newkey rsa:2048 -nodes -subj /CN=" + name + " -keyout " + name + ".key -out " + name + ".csr");
    run("openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile " + name +
        ".ext -out " + name + ".pem");
  }
  const Folder folder_;
};

class NatsTls : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Certificates::possible()) GTEST_SKIP() << "there is no openssl program";
    static const Certificates made;
    certificates_ = &made;
  }
  NatsAccess access(const NatsServerProcess& server, const std::string& authority = "ca.pem") {
    NatsAccess access;
    access.url = "tls://localhost:" + std::to_string(server.port());
    access.token = "secret";
    if (!authority.empty()) access.authority = certificates_->file(authority);
    return access;
  }
  const Certificates* certificates_ = nullptr;
};

TEST_F(NatsTls, IsSpokenWithAServerWhoseCertificateIsTrusted) {
  const NatsServerProcess server(certificates_->server_configuration("server"));
  EXPECT_EQ(failure(access(server)), "nothing");
  NatsAccess by_number = access(server);
  by_number.url = server.url("tls");
  EXPECT_EQ(failure(by_number), "nothing");
}

TEST_F(NatsTls, SaysThatACertificateIsNotTrusted) {
  const NatsServerProcess server(certificates_->server_configuration("server"));
  for (const char* authority : {"other.pem", ""}) {
    const std::string said = failure(access(server, authority));
    EXPECT_NE(said.find("is not trusted"), std::string::npos) << said;
  }
}

TEST_F(NatsTls, SaysThatACertificateIsForAnotherName) {
  const NatsServerProcess server(certificates_->server_configuration("elsewhere"));
  const std::string said = failure(access(server));
  EXPECT_NE(said.find("is for another name than localhost"), std::string::npos) << said;
}

TEST_F(NatsTls, SaysThatOnlyOneSideWantsIt) {
  const NatsServerProcess with(certificates_->server_configuration("server"));
  NatsAccess plain = access(with, "");
  plain.url = with.url();
  EXPECT_NE(failure(plain).find("wants TLS"), std::string::npos) << failure(plain);
  const NatsServerProcess without("authorization { token: secret }\n");
  EXPECT_NE(failure(access(without)).find("speaks no TLS"), std::string::npos) << failure(access(without));
}

TEST_F(NatsTls, ShowsItsOwnCertificateWhereThatIsWanted) {
  const NatsServerProcess server(certificates_->server_configuration("server", "  verify: true\n"));
  NatsAccess bare = access(server);
  EXPECT_NE(failure(bare).find("wants a certificate of whoever connects"), std::string::npos) << failure(bare);
  bare.certificate = certificates_->file("agent.pem");
  bare.key = certificates_->file("agent.key");
  EXPECT_EQ(failure(bare), "nothing");
}

TEST_F(NatsTls, SaysThatCredentialsAreRefusedThroughItToo) {
  const NatsServerProcess server(certificates_->server_configuration("server"));
  NatsAccess wrong = access(server);
  wrong.token = "guessed";
  EXPECT_NE(failure(wrong).find("refuses the credentials of the token"), std::string::npos) << failure(wrong);
}

TEST_F(NatsTls, SaysThatAFileIsMissing) {
  const NatsServerProcess server(certificates_->server_configuration("server"));
  const std::string said = failure(access(server, "nowhere.pem"));
  EXPECT_NE(said.find("nowhere.pem"), std::string::npos) << said;
}

TEST_F(NatsTls, CarriesANetwork) {
  const NatsServerProcess server(certificates_->server_configuration("server"));
  NatsOptions options;
  options.access = access(server);
  options.run = "test";
  options.participants = 2;
  options.types.add<int>();
  testing::Party parties[2];
  int heard = 0;
  parties[1].react = [&](Carrier&, const Content& content, const Meta&) { heard = content.as<int>(); };
  NatsNetwork one(options), two(options);
  one.join(parties[0], Address{1}).send(Address{2}, 7);
  two.join(parties[1], Address{2});
  for (const std::string& said : testing::run_all({&one, &two}).said()) EXPECT_EQ(said, "");
  EXPECT_EQ(heard, 7);
}

// A pair of keys that guards nothing, from the public documentation of NATS.
constexpr const char* public_key = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
constexpr const char* seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";

TEST(NatsKeys, SayWhoOneIs) {
  const NatsServerProcess server("authorization { users: [ { nkey: " + std::string(public_key) + " } ] }\n");
  NatsAccess access;
  access.url = server.url();
  access.nkey = public_key;
  access.seed = seed;
  EXPECT_EQ(failure(access), "nothing");
  access.seed[20] = access.seed[20] == 'A' ? 'B' : 'A';
  EXPECT_NE(failure(access), "nothing");
}

class NatsCredentials : public ::testing::Test {
 protected:
  std::string refusal(const std::string& text) {
    const std::string file = folder_.write("file.yaml", text);
    return message_of<Error>([&] { read_nats_credentials(file); });
  }
  const Folder folder_;
};

TEST_F(NatsCredentials, AreReadFromAMapping) {
  const std::string file = folder_.write(
      "agent.yaml", "# who we are\nuser: alice\npassword: \"a b: c\"\nauthority: ca.pem\nurl: tls://example:1\n");
  const NatsAccess access = read_nats_credentials(file);
  EXPECT_EQ(access.user, "alice");
  EXPECT_EQ(access.password, "a b: c");
  EXPECT_EQ(access.authority, (folder_.path() / "ca.pem").string());
  EXPECT_EQ(access.url, "tls://example:1");
  NatsAccess given;
  given.url = "nats://given:2";
  EXPECT_EQ(read_nats_credentials(folder_.write("token.yaml", "token: t\n"), given).url, "nats://given:2");
}

TEST_F(NatsCredentials, WarnOfFilesThatOthersCanRead) {
  const std::string file = folder_.write("agent.yaml", "token: secret\n");
  std::string warned;
  const auto warn = [&](const std::string& text) { warned += text; };
  read_nats_credentials(file, {}, warn);
  EXPECT_EQ(warned, "");
  ::chmod(file.c_str(), 0644);
  read_nats_credentials(file, {}, warn);
  EXPECT_NE(warned.find("chmod 600"), std::string::npos) << warned;
}

TEST_F(NatsCredentials, ThatMakeNoSenseAreRefusedWithTheirPlaceAndWithoutTheSecret) {
  EXPECT_NE(refusal("token: hidden\nuser: a\npassword: hidden\n").find("one way to say who one is"), std::string::npos);
  EXPECT_NE(refusal("user: a\n").find("a user without a password"), std::string::npos);
  EXPECT_NE(refusal("tokne: hidden\n").find("file.yaml:1:1: tokne: the key `tokne` is not known"), std::string::npos)
      << refusal("tokne: hidden\n");
  EXPECT_NE(refusal("token: a\ntoken: b\n").find(":2:1: token"), std::string::npos);
  EXPECT_NE(refusal("token: [hidden]\n").find("a list or mapping was found"), std::string::npos);
  EXPECT_NE(refusal("- hidden\n").find("this is no mapping"), std::string::npos);
  EXPECT_NE(refusal("").find("the file is empty"), std::string::npos);
  EXPECT_NE(refusal("token: \"hidden\n").find("this is no YAML"), std::string::npos);
  EXPECT_NE(refusal(std::string("nkey: ") + public_key + "\n").find("an nkey without a seed"), std::string::npos);
  EXPECT_NE(refusal(std::string("seed: ") + seed + "\n").find("a seed without an nkey"), std::string::npos);
  EXPECT_NE(refusal("nkey: UABC\nseed: hidden\n").find("56 characters"), std::string::npos);
  EXPECT_NE(refusal("certificate: a.pem\n").find("a certificate without its key"), std::string::npos);
  EXPECT_NE(refusal("token: t\nurl: http://a\n").find("has a scheme that is not known"), std::string::npos);
  EXPECT_NE(refusal("-----BEGIN NATS USER JWT-----\nabc\n------END NATS USER JWT------\n").find("has no seed"),
            std::string::npos);
  EXPECT_NE(refusal(std::string(70000, 'x')).find("64 KiB"), std::string::npos);
  for (const char* text : {"tokne: hidden", "token: [hidden]", "token: \"hidden"})
    EXPECT_EQ(refusal(text).find("hidden"), std::string::npos) << refusal(text);
  EXPECT_NE(message_of<Error>([&] { read_nats_credentials("/nowhere/at.all"); }).find("/nowhere/at.all"),
            std::string::npos);
}

TEST_F(NatsCredentials, OfTheNatsToolsAreTakenAsTheyAre) {
  const std::string file = folder_.write(
      "user.creds",
      "-----BEGIN NATS USER JWT-----\neyJ0\n------END NATS USER JWT------\n-----BEGIN USER NKEY SEED-----\nSUAB\n");
  EXPECT_EQ(read_nats_credentials(file).user_file, file);
}

}  // namespace
}  // namespace entente
