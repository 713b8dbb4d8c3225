#include "warehouse/postgresql/copy_writer.h"

#include <utility>

namespace voucher::postgresql {
namespace {

constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
constexpr std::int32_t kTextType = 25;  ///< pg_type.oid of text

}  // namespace

CopyWriter::CopyWriter(Connection& connection, std::stop_token stop)
    : connection_(&connection),
      stop_(std::move(stop)),
      buffer_(2 * kSendBytes),
      end_(buffer_.data()) {
  std::memcpy(end_, kSignature.data(), kSignature.size());
  end_ += kSignature.size();
  put(std::int32_t{0});  // flags
  put(std::int32_t{0});  // length of the header's extension
}

CopyWriter::CopyWriter(CopyWriter&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      stop_(std::move(other.stop_)),
      buffer_(std::move(other.buffer_)),
      end_(other.end_) {}

CopyWriter::~CopyWriter() {
  if (connection_ != nullptr) abandon();
}

Result<CopyWriter> CopyWriter::begin(Connection& connection, const std::string& sql,
                                     std::stop_token stop) {
  if (PQsendQuery(connection.handle(), sql.c_str()) == 0) return connection.failure(nullptr, stop);
  ResultHandle result = connection.next_result(stop);
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) {
    auto failed = connection.failure(result.get(), stop);
    while (connection.next_result(stop)) {
    }
    return failed;
  }
  PQsetnonblocking(connection.handle(), 1);
  return CopyWriter(connection, std::move(stop));
}

void CopyWriter::add_texts(std::span<const std::string_view> values) {
  std::size_t bytes = 5 * sizeof(std::int32_t);
  for (const std::string_view value : values) bytes += sizeof(std::int32_t) + value.size();
  reserve(sizeof(std::int32_t) + bytes);
  put(static_cast<std::int32_t>(bytes));
  put(std::int32_t{1});  // dimensions
  put(std::int32_t{0});  // no NULL among them
  put(kTextType);
  put(static_cast<std::int32_t>(values.size()));
  put(std::int32_t{1});  // index of the first
  for (const std::string_view value : values) add(value);
}

Result<> CopyWriter::send() {
  constexpr std::chrono::milliseconds kSlice{50};
  PGconn* handle = connection_->handle();
  const auto bytes = static_cast<int>(end_ - buffer_.data());
  end_ = buffer_.data();
  int sent = PQputCopyData(handle, buffer_.data(), bytes);
  // 0: libpq's own buffer could not grow for now.
  while (sent == 0) {
    if (connection_->wait(true, kSlice)) PQconsumeInput(handle);
    if (PQflush(handle) < 0) break;
    sent = PQputCopyData(handle, buffer_.data(), bytes);
  }
  if (sent != 1) return connection_->failure(nullptr, stop_);
  while (true) {
    if (stop_.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    const int left = PQflush(handle);
    if (left < 0) return connection_->failure(nullptr, stop_);
    if (left == 0) return {};
    if (connection_->wait(true, kSlice) && PQconsumeInput(handle) == 0)
      return connection_->failure(nullptr, stop_);
  }
}

Result<std::int64_t> CopyWriter::finish() {
  reserve(sizeof(std::int16_t));
  put(std::int16_t{-1});  // the trailer
  TRY(send());
  Connection& connection = *std::exchange(connection_, nullptr);
  if (PQputCopyEnd(connection.handle(), nullptr) != 1) return connection.failure(nullptr, stop_);
  std::int64_t rows = 0;
  std::optional<Error> failed;
  while (ResultHandle result = connection.next_result(stop_)) {
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
      rows = Rows(std::move(result)).rows_changed();
    } else if (!failed) {
      failed = connection.failure(result.get(), stop_).error();
    }
  }
  PQsetnonblocking(connection.handle(), 0);
  if (failed) return std::unexpected(*std::move(failed));
  if (!connection.alive()) return connection.failure(nullptr, stop_);
  return rows;
}

void CopyWriter::abandon() {
  if (!connection_->alive()) return;
  // Where much is still to be sent, the server does not read: it is not waited for.
  if (PQflush(connection_->handle()) != 0 && stop_.stop_requested()) {
    connection_->give_up();
    return;
  }
  if (PQputCopyEnd(connection_->handle(), "abandoned") != 1) return;
  while (connection_->next_result({})) {
  }
  PQsetnonblocking(connection_->handle(), 0);
}

}  // namespace voucher::postgresql
