// From the YAML text of a definition to a Dataset. Every mistake is found in one go, each with
// file, line, column, what is wrong, and the nearest valid name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/dataset.h"

namespace voucher {

/// Parses and checks a definition. Fails with kRefused; Error::details has one line a mistake, in
/// order of place: "domains/customer/voucher.yaml:12:7: unknown key 'form' (did you mean
/// 'format'?)". `name` is shown as the file. Overlapping, unreachable and undeclared-gap mistakes
/// of segments (see prove.h) are among them.
[[nodiscard]] Result<Dataset> parse_definition(std::string_view yaml, std::string_view name);

/// The names that a definition's place requires of it.
struct ExpectedNames {
  std::string domain;
  std::string dataset;
};

/// The same; a definition of another domain or dataset than expected is a mistake, too.
[[nodiscard]] Result<Dataset> parse_definition(std::string_view yaml, std::string_view name,
                                               const ExpectedNames& expected);

/// Reads and parses a file. kUnavailable where it cannot be read.
[[nodiscard]] Result<Dataset> load_definition(const std::filesystem::path& path);

}  // namespace voucher
