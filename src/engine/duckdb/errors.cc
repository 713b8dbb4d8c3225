#include "engine/duckdb/errors.h"

#include <array>
#include <string>
#include <utility>

namespace voucher::duckdb {
namespace {

constexpr std::array<std::pair<std::string_view, ErrorKind>, 14> kKinds{{
    {"IO Error", ErrorKind::kUnavailable},
    {"Permission Error", ErrorKind::kUnavailable},
    {"Out of Memory Error", ErrorKind::kUnavailable},
    {"Connection Error", ErrorKind::kUnavailable},
    {"INTERRUPT Error", ErrorKind::kInterrupted},
    {"Interrupt Error", ErrorKind::kInterrupted},
    {"Invalid Input Error", ErrorKind::kRefused},
    {"Invalid Error", ErrorKind::kRefused},
    {"Invalid type Error", ErrorKind::kRefused},
    {"Conversion Error", ErrorKind::kRefused},
    {"Out of Range Error", ErrorKind::kRefused},
    {"Mismatch Type Error", ErrorKind::kRefused},
    {"Serialization Error", ErrorKind::kRefused},
    {"Constraint Error", ErrorKind::kRefused},
}};

bool tells_of_full_disk(std::string_view message) {
  return message.find("No space left") != std::string_view::npos ||
         message.find("max_temp_directory_size") != std::string_view::npos;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

Error to_error(std::string_view message) {
  Error error{ErrorKind::kInternal, "", {}};
  std::string_view rest = message;
  for (const auto& [prefix, kind] : kKinds) {
    if (!message.starts_with(prefix)) continue;
    error.kind = kind;
    rest.remove_prefix(std::min(rest.size(), prefix.size() + 2));
    break;
  }
  if (tells_of_full_disk(message)) error.kind = ErrorKind::kUnavailable;
  error.message = error.kind == ErrorKind::kInterrupted ? "interrupted" : take_line(rest);
  while (!rest.empty()) {
    if (const std::string_view line = take_line(rest); !line.empty()) {
      error.details.emplace_back(line);
    }
  }
  return error;
}

}  // namespace voucher::duckdb
