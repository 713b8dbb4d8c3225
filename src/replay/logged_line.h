// A line of the decision log, read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "api/json_body.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// An answer as the log has it, or as replaying gives it.
struct LoggedAnswer {
  std::optional<std::int64_t> amount;
  std::optional<std::string_view> segment;  ///< nullopt: unsegmented
  std::string_view reason;                  ///< of DecisionReason
  std::int64_t support = 0;                 ///< 0 without evidence
  std::int64_t total = 0;
  friend bool operator==(const LoggedAnswer&, const LoggedAnswer&) = default;
};

/// Its views live until the reader's next line.
struct LoggedLine {
  std::string_view decision_id;
  std::string_view domain;
  std::string_view dataset;
  VersionNumber version = 0;
  std::string_view snapshot;  ///< SHA-256, without prefix
  std::string_view request;   ///< a body of the API, JSON
  std::string_view segment_name;
  LoggedAnswer answer;
};

/// Reads lines one after another, each with its buffers of before.
class LoggedLineReader {
 public:
  /// A line without its newline, or what is wrong with it: static text. `padding` is how many bytes
  /// past its end may be read.
  [[nodiscard]] std::expected<LoggedLine, std::string_view> read(std::string_view line,
                                                                 std::size_t padding);

 private:
  JsonBodyReader line_;
  JsonBodyReader request_;
  JsonBodyReader answer_;
  JsonBodyReader evidence_;
};

}  // namespace voucher
