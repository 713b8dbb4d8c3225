#include "engine/text/block_index.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "engine/text/csv_reader.h"
#include "engine/text/file_reader.h"

namespace voucher::text {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kReadBytes = std::size_t{1} << 20U;

/// Follows a file's bytes and closes a block at the first record end after enough of them.
class BlockCutter {
 public:
  BlockCutter(SourceFormat format, const BlockLimits& limits, IndexedFile& file)
      : is_csv_(format == SourceFormat::kCsv), limits_(limits), file_(file) {}

  /// Takes the bytes that follow those of the call before.
  Result<> take(std::string_view bytes) {
    for (const char byte : bytes) {
      ++offset_;
      if (byte == '\n') {
        ++line_;
        if (!in_quotes_) end_record();
      } else if (byte == '"' && is_csv_) {
        in_quotes_ = !in_quotes_;
        blank_ = false;
      } else if (byte != ' ' && byte != '\t' && byte != '\r') {
        blank_ = false;
      }
    }
    if (offset_ - record_offset_ > limits_.record_bytes) {
      return fail(ErrorKind::kRefused, "{}, line {}: a record of more than {} bytes begins here{}",
                  file_.path.string(), record_line_, limits_.record_bytes,
                  is_csv_ ? " (is a quote never closed?)" : "");
    }
    return {};
  }

  /// Skips bytes at the beginning that belong to no record.
  void skip(std::size_t bytes) {
    offset_ += bytes;
    record_offset_ = offset_;
    block_.offset = offset_;
  }

  Result<> finish() {
    if (in_quotes_) {
      return fail(ErrorKind::kRefused, "{}, line {}: a quote in this record is never closed",
                  file_.path.string(), record_line_);
    }
    if (offset_ > record_offset_) end_record();
    close_block();
    return {};
  }

  /// Where the header ends, if this is CSV and a first record was seen.
  [[nodiscard]] std::uint64_t header_end() const { return header_end_; }

 private:
  void end_record() {
    if (is_csv_ && header_end_ == 0) {
      header_end_ = offset_;
      block_ = {offset_, 0, 0, 1, line_};
    } else if (is_csv_ || !blank_) {
      ++block_.rows;
    }
    record_offset_ = offset_;
    record_line_ = line_;
    blank_ = true;
    if (offset_ - block_.offset >= limits_.block_bytes) close_block();
  }

  void close_block() {
    block_.bytes = offset_ - block_.offset;
    if (block_.rows > 0) file_.blocks.push_back(block_);
    file_.rows += block_.rows;
    block_ = {offset_, 0, 0, file_.rows + 1, line_};
  }

  bool is_csv_;
  BlockLimits limits_;
  IndexedFile& file_;
  Block block_;
  std::uint64_t offset_ = 0;
  std::int64_t line_ = 1;
  std::uint64_t record_offset_ = 0;
  std::int64_t record_line_ = 1;
  std::uint64_t header_end_ = 0;
  bool in_quotes_ = false;
  bool blank_ = true;
};

Result<> read_header(const FileReader& reader, std::uint64_t begin, std::uint64_t end,
                     IndexedFile& file) {
  std::string text(end - begin, '\0');
  TRY(reader.read_at(begin, text));
  CsvCursor cursor(text, 1);
  std::vector<std::string_view> names;
  const auto found = cursor.next(names);
  if (!found) return std::unexpected(with_context(found.error(), file.path.string()));
  if (!*found) {
    return fail(ErrorKind::kRefused, "{} has no header: its first record must name the columns",
                file.path.string());
  }
  file.header.assign(names.begin(), names.end());
  std::set<std::string_view> seen;
  for (const std::string& name : file.header) {
    if (!seen.insert(name).second) {
      return fail(ErrorKind::kRefused, "{}, line 1: the header names the column '{}' twice",
                  file.path.string(), name);
    }
  }
  return {};
}

}  // namespace

Result<IndexedFile> index_file(const std::filesystem::path& path, SourceFormat format,
                               const BlockLimits& limits, const std::stop_token& stop) {
  const FileReader reader = TRY(FileReader::open(path));
  IndexedFile file{path, {}, 0, {}};
  BlockCutter cutter(format, limits, file);
  std::string buffer(kReadBytes, '\0');
  std::uint64_t offset = 0;
  std::uint64_t begin = 0;
  while (const std::size_t count = TRY(reader.read_at(offset, buffer))) {
    if (stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    std::string_view bytes(buffer.data(), count);
    if (offset == 0 && bytes.starts_with(kByteOrderMark)) {
      begin = kByteOrderMark.size();
      cutter.skip(begin);
      bytes.remove_prefix(begin);
    }
    TRY(cutter.take(bytes));
    offset += count;
  }
  TRY(cutter.finish());
  if (format == SourceFormat::kCsv) {
    TRY(read_header(reader, begin, std::max(begin, cutter.header_end()), file));
  }
  return file;
}

Result<> BlockBytes::read(const std::filesystem::path& path, const Block& block) {
  const FileReader reader = TRY(FileReader::open(path));
  size_ = block.bytes;
  if (buffer_.size() < size_ + kPadding) buffer_.resize(size_ + kPadding);
  const std::size_t count = TRY(reader.read_at(block.offset, std::span(buffer_.data(), size_)));
  if (count == size_) return {};
  return fail(ErrorKind::kUnavailable, "{} has become shorter while it was read", path.string());
}

}  // namespace voucher::text
