#include <simdjson.h>

#include <algorithm>

#include "engine/text/csv_reader.h"
#include "engine/text/record_reader.h"

namespace voucher::text {
namespace {

bool is_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

class CsvRecordReader final : public RecordReader {
 public:
  explicit CsvRecordReader(const std::vector<Column>& columns) : columns_(columns) {}

  void begin(const IndexedFile& file, const Block& block, std::string_view bytes) override {
    if (file_ != &file) {
      file_ = &file;
      field_of_column_.clear();
      for (const Column& column : columns_) {
        const auto found = std::ranges::find(file.header, column.name);
        field_of_column_.push_back(static_cast<std::size_t>(found - file.header.begin()));
      }
    }
    cursor_ = CsvCursor(bytes, block.first_line);
    all_utf8_ = is_utf8(bytes);
  }

  [[nodiscard]] Result<bool> next(std::vector<RawValue>& values) override {
    const auto found = cursor_.next(fields_);
    if (!found) {
      return fail(ErrorKind::kRefused, "{}, {}", file_->path.string(), found.error().message);
    }
    if (!*found) return false;
    if (fields_.size() != file_->header.size()) {
      return fail(ErrorKind::kRefused, "{}, line {}: {} fields where the header has {}",
                  file_->path.string(), cursor_.line(), fields_.size(), file_->header.size());
    }
    if (!all_utf8_ && !std::ranges::all_of(fields_, is_utf8)) {
      return fail(ErrorKind::kRefused, "{}, line {}: bytes that are no UTF-8", file_->path.string(),
                  cursor_.line());
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      values[i] = {false, fields_[field_of_column_[i]], std::nullopt};
    }
    return true;
  }

  [[nodiscard]] const std::set<std::string, std::less<>>& unknown_keys() const override {
    return none_;
  }

 private:
  const std::vector<Column>& columns_;
  const IndexedFile* file_ = nullptr;
  std::vector<std::size_t> field_of_column_;
  CsvCursor cursor_{"", 1};
  bool all_utf8_ = true;
  std::vector<std::string_view> fields_;
  std::set<std::string, std::less<>> none_;
};

}  // namespace

std::unique_ptr<RecordReader> make_csv_record_reader(const std::vector<Column>& columns) {
  return std::make_unique<CsvRecordReader>(columns);
}

std::unique_ptr<RecordReader> make_record_reader(SourceFormat format,
                                                 const std::vector<Column>& columns) {
  return format == SourceFormat::kJson ? make_json_record_reader(columns)
                                       : make_csv_record_reader(columns);
}

}  // namespace voucher::text
