// A PostgreSQL server of the test program's own: started when the first test asks for it, without
// fsync and on a Unix socket in a temporary folder, and stopped with the program.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/check.h"
#include "warehouse/postgresql/connection.h"

namespace voucher::postgresql::fixture {

class TestServer {
 public:
  /// The program's server.
  static TestServer& get() {
    static TestServer server;
    return server;
  }
  ~TestServer() {
    std::ignore = run(fmt::format("{}/pg_ctl -D {}/data stop -m immediate -s", kPrograms, folder_));
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  /// Makes an empty database and gives its URL.
  std::string new_database() {
    const std::string name = fmt::format("t{}", ++databases_);
    Connection server = connect(url("postgres"));
    CHECK(server.execute("CREATE DATABASE " + name).has_value());
    return url(name);
  }
  /// The URL of a database for a user.
  [[nodiscard]] std::string url(const std::string& database,
                                const std::string& user = "postgres") const {
    return fmt::format("postgresql:///{}?host={}&port={}&user={}", database, folder_, kPort, user);
  }
  static Connection connect(const std::string& url) {
    auto connection = Connection::open(ServerAddress::parse(url).value(), "test", {});
    CHECK(connection.has_value());
    return *std::move(connection);
  }
  /// Ends the server as a power cut would, or a shutdown.
  void stop(const std::string& mode = "immediate") {
    CHECK(run(fmt::format("{}/pg_ctl -D {}/data stop -m {} -s", kPrograms, folder_, mode)));
  }
  void start() {
    CHECK(run(
        fmt::format("{}/pg_ctl -D {}/data start -w -s -l {}/log", kPrograms, folder_, folder_)));
  }

 private:
  static constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin";
  static constexpr int kPort = 5432;  // of the socket's name only

  TestServer() {
    std::string name = (std::filesystem::temp_directory_path() / "voucher-pg-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    if (const passwd* owner = ::getuid() == 0 ? ::getpwnam("postgres") : nullptr)
      CHECK(::chown(folder_.c_str(), owner->pw_uid, owner->pw_gid) == 0);
    const bool made =
        run(fmt::format("{}/initdb -D {}/data -U postgres -A trust -N -E UTF8 --locale=C.UTF-8",
                        kPrograms, folder_));
    CHECK(made);
    std::ofstream(folder_ + "/data/postgresql.conf", std::ios::app) << fmt::format(
        "fsync = off\nlisten_addresses = ''\nunix_socket_directories = '{}'\n"
        "port = {}\nmax_connections = 30\nautovacuum = off\n",
        folder_, kPort);
    start();
  }

  /// The server refuses to run as root.
  static bool run(const std::string& command) {
    const std::string user =
        ::getuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --init-groups " : "";
    return std::system((user + command + " >/dev/null 2>&1").c_str()) == 0;  // NOLINT
  }

  std::string folder_;
  int databases_ = 0;
};

}  // namespace voucher::postgresql::fixture
