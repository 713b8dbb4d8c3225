#include "warehouse/postgresql/server_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voucher::postgresql {
namespace {

using ::testing::HasSubstr;

TEST(ServerError, IsWorthARetryWhereTheServerMayRecover) {
  for (const char* state : {"", "08006", "57P01", "57P03", "53100", "53300", "25006", "55P03",
                            "40001", "40P01", "57014", "58030"})
    EXPECT_EQ(kind_of(state), ErrorKind::kUnavailable) << state;
}

TEST(ServerError, IsRefusedWhereAPersonMustAct) {
  for (const char* state : {"28P01", "28000", "3D000", "42501", "22021", "42701", "2BP01", "XX001"})
    EXPECT_EQ(kind_of(state), ErrorKind::kRefused) << state;
}

TEST(ServerError, IsAFaultOfTheProgramWhereTheStatementIsWrong) {
  for (const char* state : {"42601", "42703", "22P02"})
    EXPECT_EQ(kind_of(state), ErrorKind::kInternal) << state;
}

TEST(ServerError, SaysWhatHappenedAndWhatToDo) {
  const Error error =
      to_error({"53100", "could not extend file", "", "Check free disk space."}, "warehouse h/d");
  EXPECT_THAT(error.message, HasSubstr("warehouse h/d: could not extend file"));
  EXPECT_THAT(error.message, HasSubstr("free space"));
}

TEST(ServerError, NamesWhatDependsOnSomething) {
  const Error error =
      to_error({"2BP01", "cannot drop view a", "view b depends on view a", ""}, "w");
  EXPECT_THAT(error.message, HasSubstr("view b depends on view a"));
}

TEST(ServerError, ReadsTheSqlstateOfARefusedConnectionInAnyLanguage) {
  for (const char* text :
       {"connection to server at \"h\" (::1), port 5432 failed: FATAL:  28P01: password wrong\n"
        "LOCATION:  auth_failed, auth.c:335\n",
        "Verbindung fehlgeschlagen: FATAL:  28P01: password wrong\nORT:  auth_failed\n"}) {
    const ServerMessage message = parse_connection_failure(text);
    EXPECT_EQ(message.sqlstate, "28P01");
    EXPECT_EQ(message.primary, "password wrong");
  }
}

TEST(ServerError, JoinsTheLinesOfSeveralAddresses) {
  const ServerMessage message = parse_connection_failure(
      "connection to server at \"::1\" failed: refused\n\tIs the server running?\nconnection to "
      "server at \"127.0.0.1\" failed: refused\n");
  EXPECT_EQ(message.sqlstate, "");
  EXPECT_EQ(
      message.primary,
      "connection to server at \"::1\" failed: refused; Is the server running?; connection to "
      "server at \"127.0.0.1\" failed: refused");
  EXPECT_EQ(parse_connection_failure("").primary, "no answer");
}

}  // namespace
}  // namespace voucher::postgresql
