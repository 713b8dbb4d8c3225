// Cuts CSV and newline-delimited JSON files into blocks of whole records, so that many threads can
// read one file and every row still knows its number and line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/column.h"

namespace voucher::text {

/// Whole records, one after the other.
struct Block {
  std::uint64_t offset = 0;  ///< in the file
  std::uint64_t bytes = 0;
  std::int64_t rows = 0;
  std::int64_t first_row = 1;   ///< number of its first data record in the file, from 1
  std::int64_t first_line = 1;  ///< where that begins, from 1
};

struct IndexedFile {
  std::filesystem::path path;
  std::vector<Block> blocks;
  std::int64_t rows = 0;            ///< data records
  std::vector<std::string> header;  ///< CSV: the names of the first record
};

struct BlockLimits {
  std::uint64_t block_bytes = std::uint64_t{1} << 20U;    ///< a block is ended after that many
  std::uint64_t record_bytes = std::uint64_t{64} << 20U;  ///< a longer record is refused
};

/// Reads the file once. A CSV record ends at a line end outside quotes; a JSON record is a line
/// that is not blank. A byte order mark at the beginning is skipped. kUnavailable: cannot be read;
/// kRefused: an endless record, a CSV without header or with a name twice; kInterrupted.
[[nodiscard]] Result<IndexedFile> index_file(const std::filesystem::path& path, SourceFormat format,
                                             const BlockLimits& limits,
                                             const std::stop_token& stop);

/// The bytes of a block, followed by at least kPadding more that may be read.
class BlockBytes {
 public:
  static constexpr std::size_t kPadding = 64;

  /// kUnavailable where the file cannot be read or has become shorter.
  [[nodiscard]] Result<> read(const std::filesystem::path& path, const Block& block);
  [[nodiscard]] std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  std::string buffer_;
  std::size_t size_ = 0;
};

}  // namespace voucher::text
