#include "engine/text/csv_reader.h"

#include <algorithm>

namespace voucher::text {

std::unexpected<Error> CsvCursor::refuse(std::string_view what) const {
  return fail(ErrorKind::kRefused, "line {}: {}", line_, what);
}

Result<bool> CsvCursor::next(std::vector<std::string_view>& fields) {
  fields.clear();
  unescaped_used_ = 0;
  line_ = next_line_;
  if (rest_.empty()) return false;
  while (true) {
    std::string_view field;
    const bool quoted = !rest_.empty() && rest_.front() == '"';
    const FieldEnd end = TRY(quoted ? quoted_field(field) : plain_field(field));
    fields.push_back(field);
    if (end == FieldEnd::kRecord) return true;
  }
}

Result<CsvCursor::FieldEnd> CsvCursor::plain_field(std::string_view& field) {
  std::size_t size = 0;
  for (; size < rest_.size(); ++size) {
    const char byte = rest_[size];
    if (byte == ',' || byte == '\n' || byte == '\r') break;
    if (byte == '"') return refuse("a quote inside a field that does not begin with one");
  }
  field = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return field_end();
}

Result<CsvCursor::FieldEnd> CsvCursor::quoted_field(std::string_view& field) {
  rest_.remove_prefix(1);
  std::string* unescaped = nullptr;
  while (true) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) return refuse("a quote that is never closed");
    const std::string_view piece = rest_.substr(0, quote);
    next_line_ += std::count(piece.begin(), piece.end(), '\n');
    const bool doubled = quote + 1 < rest_.size() && rest_[quote + 1] == '"';
    if (doubled && unescaped == nullptr) {
      if (unescaped_used_ == unescaped_.size()) unescaped_.emplace_back();
      unescaped = &unescaped_[unescaped_used_++];
      unescaped->clear();
    }
    if (unescaped != nullptr) unescaped->append(piece);
    rest_.remove_prefix(quote + 1);
    if (!doubled) {
      field = unescaped != nullptr ? std::string_view(*unescaped) : piece;
      return field_end();
    }
    *unescaped += '"';
    rest_.remove_prefix(1);
  }
}

Result<CsvCursor::FieldEnd> CsvCursor::field_end() {
  if (rest_.empty()) return FieldEnd::kRecord;
  if (rest_.front() == ',') {
    rest_.remove_prefix(1);
    return FieldEnd::kField;
  }
  if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
  if (rest_.front() == '\n') {
    rest_.remove_prefix(1);
    ++next_line_;
    return FieldEnd::kRecord;
  }
  return refuse(rest_.front() == '\r' ? "a carriage return outside quotes"
                                      : "text after a closing quote");
}

}  // namespace voucher::text
