#include "warehouse/postgresql/copy_reader.h"

#include "base/check.h"
#include "warehouse/postgresql/copy_writer.h"

namespace voucher::postgresql {
namespace {

template <class Number>
Number take(std::string_view& bytes) {
  CHECK(bytes.size() >= sizeof(Number));
  Number value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

std::optional<std::string_view> take_field(std::string_view& bytes) {
  const auto size = take<std::int32_t>(bytes);
  if (size < 0) return std::nullopt;
  CHECK(static_cast<std::size_t>(size) <= bytes.size());
  const std::string_view field = bytes.substr(0, static_cast<std::size_t>(size));
  bytes.remove_prefix(field.size());
  return field;
}

/// Reads the rows of one message; nullopt at the trailer.
bool take_row(std::string_view& bytes, std::vector<std::optional<std::string_view>>& fields) {
  const auto count = take<std::int16_t>(bytes);
  if (count < 0) return false;
  fields.clear();
  for (std::int16_t i = 0; i < count; ++i) fields.push_back(take_field(bytes));
  return true;
}

/// Ends a COPY that nobody reads on; a server that goes on, or is silent, is taken for gone.
void drain(Connection& connection) {
  constexpr std::chrono::seconds kPatience{3};
  constexpr std::chrono::milliseconds kSlice{50};
  connection.cancel();
  PGconn* handle = connection.handle();
  const auto begin = std::chrono::steady_clock::now();
  char* data = nullptr;
  for (int got = 0; got >= 0; got = PQgetCopyData(handle, &data, 1)) {
    if (got > 0) PQfreemem(data);
    if (std::chrono::steady_clock::now() - begin > kPatience) return connection.give_up();
    if (got == 0 && connection.wait(false, kSlice) && PQconsumeInput(handle) == 0) return;
  }
  while (connection.next_result({})) {
  }
}

using Message = std::unique_ptr<char, decltype(&PQfreemem)>;

/// The next message, waited for; null after the last one.
Result<Message> next_message(Connection& connection, std::size_t& size,
                             const std::stop_token& stop) {
  constexpr std::chrono::milliseconds kSlice{50};
  PGconn* handle = connection.handle();
  while (true) {
    char* data = nullptr;
    const int got = PQgetCopyData(handle, &data, 1);
    if (got > 0) {
      size = static_cast<std::size_t>(got);
      return Message(data, &PQfreemem);
    }
    if (got == -1) return Message(nullptr, &PQfreemem);
    if (got < -1) return connection.failure(nullptr, stop);
    if (stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    if (connection.wait(false, kSlice) && PQconsumeInput(handle) == 0)
      return connection.failure(nullptr, stop);
  }
}

}  // namespace

Timestamp CopyRow::timestamp(std::size_t column) const {
  return Timestamp{number<std::int64_t>(column) + kEpochMicros};
}

Day CopyRow::day(std::size_t column) const {
  return Day{number<std::int32_t>(column) + kEpochMicros / kMicrosPerDay};
}

std::vector<std::string_view> CopyRow::texts(std::size_t column) const {
  std::string_view bytes = text(column);
  std::vector<std::string_view> values;
  const auto dimensions = take<std::int32_t>(bytes);
  if (dimensions == 0) return values;
  take<std::int32_t>(bytes);  // whether it holds NULL
  take<std::int32_t>(bytes);  // the elements' type
  const auto count = take<std::int32_t>(bytes);
  take<std::int32_t>(bytes);  // index of the first
  for (std::int32_t i = 0; i < count; ++i)
    values.push_back(take_field(bytes).value_or(std::string_view()));
  return values;
}

Result<> copy_out(Connection& connection, const std::string& select,
                  const std::function<Result<>(const CopyRow&)>& visit,
                  const std::stop_token& stop) {
  constexpr std::size_t kHeaderBytes = 19;
  if (stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
  const std::string sql = "COPY (" + select + ") TO STDOUT (FORMAT binary)";
  if (PQsendQuery(connection.handle(), sql.c_str()) == 0) return connection.failure(nullptr, stop);
  const ResultHandle begun = connection.next_result(stop);
  if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) {
    auto failed = connection.failure(begun.get(), stop);
    while (connection.next_result({})) {
    }
    return failed;
  }
  CopyRow row;
  Result<> outcome;
  bool header = true;
  while (outcome) {
    std::size_t size = 0;
    const auto message = next_message(connection, size, stop);
    if (!message) {
      outcome = std::unexpected(message.error());
      break;
    }
    if (*message == nullptr) break;
    std::string_view bytes(message->get(), size);
    if (std::exchange(header, false)) bytes.remove_prefix(kHeaderBytes);
    while (outcome && !bytes.empty() && take_row(bytes, row.fields_)) outcome = visit(row);
  }
  if (!outcome) {
    drain(connection);
    return outcome;
  }
  while (ResultHandle result = connection.next_result(stop)) {
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK || !outcome) continue;
    outcome = connection.failure(result.get(), stop);
  }
  if (outcome && !connection.alive()) return connection.failure(nullptr, stop);
  return outcome;
}

}  // namespace voucher::postgresql
