// Lines of a file of any size, or of standard input, read in a buffer of bounded size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace voucher {

/// A line without its newline. Its text lives until the stream's next line.
struct StreamedLine {
  std::string_view text;
  std::size_t padding = 0;  ///< bytes past the text that may be read
  std::int64_t number = 0;  ///< 1 for the first
  bool ended = true;        ///< false: the stream ended before the line did
  bool too_long = false;    ///< its text is left out
};

class LineStream {
 public:
  /// Lines beyond it are too long.
  static constexpr std::size_t kLongestLine = std::size_t{8} << 20U;

  /// "-" is standard input; kUnavailable where the file cannot be read.
  [[nodiscard]] static Result<LineStream> open(const std::string& path);
  ~LineStream();
  LineStream(LineStream&& other) noexcept;
  LineStream& operator=(LineStream&&) = delete;
  LineStream(const LineStream&) = delete;
  LineStream& operator=(const LineStream&) = delete;

  /// nullopt at the end.
  [[nodiscard]] Result<std::optional<StreamedLine>> next();

  /// Bytes read so far, and of the file; 0 where that is not known.
  [[nodiscard]] std::int64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }

 private:
  LineStream(std::string path, int descriptor);
  /// Reads more behind what is there; false at the end.
  [[nodiscard]] Result<bool> fill();
  [[nodiscard]] Result<std::optional<StreamedLine>> skip_long_line();
  [[nodiscard]] std::size_t padding_after(std::size_t end) const { return buffer_.size() - end; }

  std::string path_;
  int descriptor_;
  std::int64_t bytes_ = 0;
  std::int64_t bytes_read_ = 0;
  std::int64_t number_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;    ///< of what is not handed out yet
  std::size_t end_ = 0;      ///< of what was read
  std::size_t scanned_ = 0;  ///< no newline before it
};

}  // namespace voucher
