// DuckDB's words. The voucher_ functions are compiled code that the engine registers: the same that
// parses requests, and what finds duplicates and counts rows while they stream past.
#pragma once

#include <string>

#include "sql/dialect.h"

namespace voucher::sql {

class DuckdbDialect final : public Dialect {
 public:
  /// `row_hash` comes before the list of a row's values to make a UBIGINT of them; tests put a
  /// poor one here.
  explicit DuckdbDialect(std::string row_hash = "hash") : row_hash_(std::move(row_hash)) {}

  [[nodiscard]] std::string_view name() const override { return "duckdb"; }
  [[nodiscard]] std::string identifier(std::string_view name) const override;
  [[nodiscard]] std::string literal(const Literal& value) const override;
  [[nodiscard]] std::string scan(SourceFormat format, const FileGroup& group,
                                 std::span<const std::string> names) const override;
  [[nodiscard]] std::string stored(std::span<const std::string> paths) const override;
  [[nodiscard]] std::string value(ColumnType declared, const RawColumn& raw) const override;
  [[nodiscard]] std::string original(const RawColumn& raw) const override;
  [[nodiscard]] std::string days_between(std::string_view from, std::string_view to) const override;
  [[nodiscard]] std::string list_of_present(std::span<const std::string> items) const override;
  [[nodiscard]] std::string timestamp_text(std::string_view timestamp) const override;
  [[nodiscard]] std::string is_rejected(std::span<const std::string> values) const override;
  [[nodiscard]] std::string is_processed(std::span<const std::string> segment_numbers,
                                         std::span<const std::string> values) const override;
  [[nodiscard]] std::string is_suspect() const override;
  [[nodiscard]] std::string write(std::string_view select, std::string_view path,
                                  FileFormat format) const override;

 private:
  std::string row_hash_;
};

}  // namespace voucher::sql
