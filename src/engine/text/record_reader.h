// The declared columns of one block's records, whatever the text format.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/text/block_index.h"
#include "model/column.h"

namespace voucher::text {

/// A value as it stands in the file.
struct RawValue {
  bool null = true;
  std::string_view text;         ///< a JSON number's token; else the value
  std::optional<double> number;  ///< of a JSON number whose token is no integer's text
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;

  /// Begins a block of a file; its bytes must stay while records are read.
  virtual void begin(const IndexedFile& file, const Block& block, std::string_view bytes) = 0;
  /// The declared columns of the next record, valid until the next call; false after the last.
  /// kRefused, with file and line: a record that does not fit.
  [[nodiscard]] virtual Result<bool> next(std::vector<RawValue>& values) = 0;
  /// Keys met so far that are not declared; JSON only, for CSV they are in the header.
  [[nodiscard]] virtual const std::set<std::string, std::less<>>& unknown_keys() const = 0;
};

/// `columns` must outlive the reader.
[[nodiscard]] std::unique_ptr<RecordReader> make_csv_record_reader(
    const std::vector<Column>& columns);
[[nodiscard]] std::unique_ptr<RecordReader> make_json_record_reader(
    const std::vector<Column>& columns);
[[nodiscard]] std::unique_ptr<RecordReader> make_record_reader(SourceFormat format,
                                                               const std::vector<Column>& columns);

}  // namespace voucher::text
