// SPDX-License-Identifier: MIT
// A NATS server of one's own: a real one, on a free port of this machine, gone with the test.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "entente/carriers/nats.hpp"

namespace entente::testing {

/// A folder that goes with this.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "entente-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for a test");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file there, for its owner's eyes only; returns its name.
  std::string write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

inline std::string random_word() {
  std::random_device device;
  std::ostringstream text;
  for (int i = 0; i < 4; ++i) text << std::hex << device();
  return text.str();
}

/// Lives as long as the thread that started it: make it, and start it again, where the test itself runs.
class NatsServerProcess {
 public:
  /// `configuration` goes into the server's file; empty: a random token.
  explicit NatsServerProcess(std::string configuration = "")
      : token_(random_word()),
        configuration_(configuration.empty() ? "authorization { token: \"" + token_ + "\" }\n" : configuration) {
    start();
  }
  NatsServerProcess(const NatsServerProcess&) = delete;
  ~NatsServerProcess() { kill(); }

  /// As `kill -9` does.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  /// On the port that it had.
  void restart() {
    kill();
    start();
  }

  int port() const { return port_; }
  std::string url(const std::string& scheme = "nats") const { return scheme + "://127.0.0.1:" + std::to_string(port_); }
  const std::string& token() const { return token_; }
  NatsAccess access() const {
    NatsAccess access;
    access.url = url();
    access.token = token_;
    return access;
  }
  const Folder& folder() const { return folder_; }

 private:
  void start() {
    const std::string file =
        folder_.write("server.conf", "host: 127.0.0.1\nport: " + std::to_string(port_) + "\nports_file_dir: \"" +
                                         folder_.path().string() + "\"\n" + configuration_);
    const std::string log = (folder_.path() / "server.log").string();
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(out, 1);
      ::dup2(out, 2);
      ::execlp("nats-server", "nats-server", "-c", file.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    const auto ports = folder_.path() / ("nats-server_" + std::to_string(process_) + ".ports");
    for (int k = 0; k < 2000; ++k) {
      std::ifstream in(ports);
      std::stringstream text;
      text << in.rdbuf();
      const auto found = nlohmann::json::parse(text.str(), nullptr, false);
      if (found.is_object() && found.contains("nats")) {
        const std::string url = found["nats"][0];
        port_ = std::stoi(url.substr(url.rfind(':') + 1));
        return;
      }
      int status = 0;
      if (::waitpid(process_, &status, WNOHANG) == process_) {
        process_ = -1;
        std::ifstream said(log);
        std::stringstream lines;
        lines << said.rdbuf();
        throw std::runtime_error("nats-server ended at once: " + lines.str());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("nats-server did not say its port");
  }

  const Folder folder_;
  const std::string token_, configuration_;
  int port_ = -1;
  pid_t process_ = -1;
};

}  // namespace entente::testing
