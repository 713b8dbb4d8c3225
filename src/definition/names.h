// Which names a definition may use, so that one name serves as folder, SQL identifier, JSON field
// and column of every output without a clash.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace voucher {

/// Lower-case letters, digits and underscores, no digit first, at most 63 characters: domains,
/// datasets, variants, rules, schemas, tables and views.
[[nodiscard]] bool is_identifier(std::string_view name);

/// The same with capital letters: columns of files that others write, and subjects.
[[nodiscard]] bool is_column_name(std::string_view name);

/// What Airflow takes as the id of a DAG.
[[nodiscard]] bool is_dag_id(std::string_view name);

/// Whether two names are one where case does not count, as in SQL.
[[nodiscard]] bool same_name(std::string_view left, std::string_view right);

/// What a column of the raw schema would clash with, e.g. "the file a row comes from"; nullopt
/// where it is free.
[[nodiscard]] std::optional<std::string> column_clash(std::string_view name);

/// What a name that views and answers show (group, variant, amount, subject) would clash with.
[[nodiscard]] std::optional<std::string> shown_name_clash(std::string_view name);

/// What a schema's name would clash with.
[[nodiscard]] std::optional<std::string> schema_clash(std::string_view name);

}  // namespace voucher
