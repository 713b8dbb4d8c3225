#include "warehouse/postgresql/server_error.h"

#include <algorithm>
#include <array>

namespace voucher::postgresql {
namespace {

struct Meaning {
  std::string_view prefix;  ///< of the SQLSTATE; the first that matches counts
  ErrorKind kind;
  std::string_view advice;
};

constexpr std::array kMeanings{
    Meaning{
        "28P01", ErrorKind::kRefused,
        "give the right password in PGPASSWORD, or in ~/.pgpass or the file that PGPASSFILE names"},
    Meaning{
        "28", ErrorKind::kRefused,
        "check the user name, what the server's pg_hba.conf allows it, and whether it asks for TLS "
        "(sslmode=require)"},
    Meaning{"3D000", ErrorKind::kRefused,
            "create the database with CREATE DATABASE, or name another one in --warehouse"},
    Meaning{"42501", ErrorKind::kRefused,
            "grant it to this user, or let `voucher setup` make the roles and schemas"},
    Meaning{
        "25006", ErrorKind::kUnavailable,
        "the server is read-only, a standby or default_transaction_read_only: name the primary, "
        "e.g. with target_session_attrs=read-write"},
    Meaning{"53100", ErrorKind::kUnavailable,
            "the server's disk is full: free space in its tablespace, then retry"},
    Meaning{"53300", ErrorKind::kUnavailable,
            "wait for a free connection, or raise max_connections"},
    Meaning{"53", ErrorKind::kUnavailable, "the server is short of something: retry later"},
    Meaning{"55P03", ErrorKind::kUnavailable, "another session holds a lock: retry later"},
    Meaning{"40", ErrorKind::kUnavailable, "retry"},
    Meaning{"57014", ErrorKind::kUnavailable, "raise statement_timeout for this user, or retry"},
    Meaning{"57P", ErrorKind::kUnavailable, "the server stops or starts: retry later"},
    Meaning{"08", ErrorKind::kUnavailable, "check that the server runs and is reachable"},
    Meaning{"58", ErrorKind::kUnavailable, "see the server's log"},
    Meaning{"22021", ErrorKind::kRefused,
            "PostgreSQL cannot store this text, such as a zero byte: mend the raw file"},
    Meaning{"42701", ErrorKind::kRefused, "rename the column in the definition"},
    Meaning{"2BP01", ErrorKind::kRefused, "drop what depends on it, and create it again after"},
    Meaning{"XX001", ErrorKind::kRefused, "restore the database: its files are damaged"},
    Meaning{"XX002", ErrorKind::kRefused, "rebuild the index: its file is damaged"},
};

const Meaning* find_meaning(std::string_view sqlstate) {
  const auto found = std::ranges::find_if(
      kMeanings, [&](const Meaning& meaning) { return sqlstate.starts_with(meaning.prefix); });
  return found == kMeanings.end() ? nullptr : &*found;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

ErrorKind kind_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return ErrorKind::kUnavailable;
  const Meaning* meaning = find_meaning(sqlstate);
  return meaning == nullptr ? ErrorKind::kInternal : meaning->kind;
}

Error to_error(const ServerMessage& message, std::string_view what) {
  std::string text = fmt::format("{}: {}", what, message.primary);
  if (!message.detail.empty()) text += fmt::format(" ({})", message.detail);
  const Meaning* meaning = find_meaning(message.sqlstate);
  if (meaning != nullptr) {
    text += fmt::format(": {}", meaning->advice);
  } else if (!message.hint.empty()) {
    text += fmt::format(": {}", message.hint);
  } else if (message.sqlstate.empty()) {
    text += ": check that the server runs and is reachable";
  }
  if (meaning == nullptr && !message.sqlstate.empty())
    text += fmt::format(" (SQLSTATE {})", message.sqlstate);
  return {kind_of(message.sqlstate), std::move(text), {}};
}

ServerMessage parse_connection_failure(std::string_view text) {
  ServerMessage message;
  while (text.ends_with('\n')) text.remove_suffix(1);
  // "connection to server … failed: FATAL:  28P01: password …": severity, two blanks, SQLSTATE.
  for (std::size_t at = text.find(":  "); at != std::string_view::npos;
       at = text.find(":  ", at + 1)) {
    const std::string_view rest = text.substr(at + 3);
    if (!is_sqlstate(rest.substr(0, 5)) || !rest.substr(5).starts_with(": ")) continue;
    message.sqlstate = rest.substr(0, 5);
    message.primary = first_line(rest.substr(7));
    return message;
  }
  // One line for each address that was tried.
  std::string lines(text);
  for (std::size_t at = lines.find('\n'); at != std::string::npos; at = lines.find('\n', at)) {
    std::size_t end = at + 1;
    while (end < lines.size() && (lines[end] == '\t' || lines[end] == ' ')) ++end;
    lines.replace(at, end - at, "; ");
  }
  message.primary = lines.empty() ? "no answer" : lines;
  return message;
}

}  // namespace voucher::postgresql
