// Rows into the server by COPY … FROM STDIN (FORMAT binary). Values go straight into one large
// buffer that is sent whole, so that memory stays bounded and nothing is allocated for a value.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "warehouse/postgresql/connection.h"

namespace voucher::postgresql {

/// PostgreSQL counts microseconds from 2000-01-01.
inline constexpr std::int64_t kEpochMicros = midnight(to_day({2000, 1, 1})).micros;

class CopyWriter {
 public:
  /// Begins the statement, which must be a COPY … FROM STDIN (FORMAT binary).
  [[nodiscard]] static Result<CopyWriter> begin(Connection& connection, const std::string& sql,
                                                std::stop_token stop);
  /// A COPY that was not finished is ended as failed: the server drops its rows.
  ~CopyWriter();
  CopyWriter(CopyWriter&& other) noexcept;
  CopyWriter(const CopyWriter&) = delete;
  CopyWriter& operator=(const CopyWriter&) = delete;
  CopyWriter& operator=(CopyWriter&&) = delete;

  /// A row of so many fields; each of them must follow.
  void begin_row(std::size_t fields) {
    reserve(sizeof(std::int16_t));
    put(static_cast<std::int16_t>(fields));
  }
  void add(std::int32_t value) { add_number(value); }
  void add(std::int64_t value) { add_number(value); }
  void add(Timestamp value) { add_number(value.micros - kEpochMicros); }
  void add(std::string_view value) {
    reserve(sizeof(std::int32_t) + value.size());
    put(static_cast<std::int32_t>(value.size()));
    std::memcpy(end_, value.data(), value.size());
    end_ += value.size();
  }
  /// A text[].
  void add_texts(std::span<const std::string_view> values);
  void add_null() {
    reserve(sizeof(std::int32_t));
    put(std::int32_t{-1});
  }
  /// Sends what has been added where it is much. Fails where the server is gone, or on a stop
  /// request.
  [[nodiscard]] Result<> end_row() {
    if (end_ - buffer_.data() < kSendBytes) return {};
    return send();
  }
  /// Sends the rest and ends the COPY; gives its rows. What the server refused comes to light here.
  [[nodiscard]] Result<std::int64_t> finish();

 private:
  static constexpr std::ptrdiff_t kSendBytes = 128 << 10;

  CopyWriter(Connection& connection, std::stop_token stop);
  template <class Number>
  void put(Number value) {
    if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
    std::memcpy(end_, &value, sizeof value);
    end_ += sizeof value;
  }
  template <class Number>
  void add_number(Number value) {
    reserve(sizeof(std::int32_t) + sizeof value);
    put(static_cast<std::int32_t>(sizeof value));
    put(value);
  }
  void reserve(std::size_t bytes) {
    const auto used = static_cast<std::size_t>(end_ - buffer_.data());
    if (used + bytes <= buffer_.size()) [[likely]]
      return;
    buffer_.resize(2 * (used + bytes));
    end_ = buffer_.data() + used;
  }
  [[nodiscard]] Result<> send();
  void abandon();

  Connection* connection_;  ///< null once finished
  std::stop_token stop_;
  std::vector<char> buffer_;
  char* end_;  ///< of what `buffer_` holds
};

}  // namespace voucher::postgresql
