#include "definition/load.h"

#include <algorithm>

#include "base/files.h"
#include "definition/possible_values.h"
#include "definition/prove.h"
#include "definition/sections.h"

namespace voucher {
namespace {

constexpr std::string_view kApiVersion = "voucher/v1";

void check_api_version(const NamedNode& named, Mistakes& mistakes) {
  const auto text = read_text(named, mistakes);
  if (!text || *text == kApiVersion) return;
  mistakes.add(named.node->where, "'apiVersion' must be {}, not '{}'", kApiVersion, *text);
}

/// Whether a gap could vanish once the rest of the definition is understood.
bool is_doubtful(const Range& gap, const VariantSection& section, bool rules_complete) {
  if (!section.complete || !section.has_value) return true;
  return !rules_complete && (!gap.from || !gap.to);
}

void report_proof(const VariantSection& section, const Dataset& dataset, bool rules_complete,
                  Mistakes& mistakes) {
  const IntegerSet possible =
      section.has_value ? possible_values(dataset.source, dataset.clean.rules, section.variant)
                        : IntegerSet::all();
  const auto faults = prove(dataset.source, section.variant, possible).faults;
  const bool upside_down = std::ranges::any_of(faults, [](const SegmentFault& fault) {
    return fault.kind == FaultKind::kEmptyRange && fault.segment.has_value();
  });
  for (const SegmentFault& fault : faults) {
    if (fault.kind == FaultKind::kUndeclaredGap &&
        (upside_down || is_doubtful(fault.range, section, rules_complete))) {
      continue;
    }
    Position where = fault.kind == FaultKind::kNoValue ? section.value_where : section.where;
    if (fault.segment) where = section.segment_places[*fault.segment];
    if (fault.gap) where = section.gap_places[*fault.gap];
    mistakes.add(where, "{}", fault.message);
  }
}

class DefinitionReader {
 public:
  DefinitionReader(const YamlNode& root, const ExpectedNames* expected, Mistakes& mistakes)
      : root_(root), expected_(expected), mistakes_(mistakes) {}

  Dataset read() {
    const MapReader reader({"", &root_},
                           {"apiVersion", "domain", "dataset", "description", "source", "clean",
                            "variants", "decision", "warehouse", "orchestration"},
                           mistakes_);
    read_names(reader);
    ColumnTable columns = read_columns(reader);
    bool rules_complete = true;
    if (const auto clean = reader.find("clean")) {
      CleanSection section = read_clean(*clean, columns, mistakes_);
      dataset_.clean = std::move(section.clean);
      rules_complete = section.complete;
    }
    std::vector<VariantSection> variants;
    if (const auto named = reader.require("variants")) {
      variants = read_variants(*named, columns, mistakes_);
    }
    for (const VariantSection& section : variants) {
      dataset_.variants.push_back(section.variant);
      report_proof(section, dataset_, rules_complete, mistakes_);
    }
    if (const auto decision = reader.require("decision")) {
      const DecisionSection section = read_decision(*decision, columns, mistakes_);
      dataset_.decision = section.policy;
      if (section.amount) check_amount(*section.amount, variants);
    }
    dataset_.warehouse = read_warehouse(reader.find("warehouse"), root_.where, dataset_, mistakes_);
    if (const auto named = reader.find("orchestration")) {
      dataset_.orchestration = read_orchestration(*named, mistakes_);
    }
    return std::move(dataset_);
  }

 private:
  void read_names(const MapReader& reader) {
    if (const auto named = reader.require("apiVersion")) check_api_version(*named, mistakes_);
    const auto domain = reader.require("domain");
    if (domain) dataset_.domain = read_name(*domain, expected_ ? &expected_->domain : nullptr);
    const auto dataset = reader.require("dataset");
    if (dataset) dataset_.dataset = read_name(*dataset, expected_ ? &expected_->dataset : nullptr);
    if (const auto named = reader.find("description")) {
      dataset_.description = read_text(*named, mistakes_).value_or("");
    }
  }

  std::string read_name(const NamedNode& named, const std::string* expected) {
    const auto name = read_identifier(named, mistakes_);
    if (name && expected != nullptr && *name != *expected) {
      mistakes_.add(named.node->where, "'{}' is '{}', but the file's place says '{}'", named.name,
                    *name, *expected);
    }
    return name.value_or("");
  }

  ColumnTable read_columns(const MapReader& reader) {
    const auto named = reader.require("source");
    if (!named) {
      ColumnTable unreadable;
      unreadable.mark_unreadable();
      return unreadable;
    }
    SourceSection section = read_source(*named, mistakes_);
    dataset_.source = {section.format, section.columns.columns()};
    return std::move(section.columns);
  }

  /// A request does not carry the amount: it is what the request asks for.
  void check_amount(ColumnIndex amount, const std::vector<VariantSection>& variants) {
    for (const VariantSection& section : variants) {
      if (!section.has_value || value_column(section.variant) != amount) continue;
      mistakes_.add(section.value_where, "'{}' is the amount, which no request carries",
                    dataset_.source.columns[amount].name);
    }
  }

  const YamlNode& root_;
  const ExpectedNames* expected_;
  Mistakes& mistakes_;
  Dataset dataset_;
};

Result<Dataset> read_definition(std::string_view yaml, std::string_view name,
                                const ExpectedNames* expected) {
  Mistakes mistakes;
  const auto root = parse_yaml(yaml, mistakes);
  Dataset dataset;
  if (root && root->kind == YamlNode::Kind::kNull) {
    mistakes.add({}, "the definition is empty");
  } else if (root) {
    dataset = DefinitionReader(*root, expected, mistakes).read();
  }
  if (!mistakes.empty()) return std::unexpected(mistakes.to_error(name));
  return dataset;
}

}  // namespace

Result<Dataset> parse_definition(std::string_view yaml, std::string_view name) {
  return read_definition(yaml, name, nullptr);
}

Result<Dataset> parse_definition(std::string_view yaml, std::string_view name,
                                 const ExpectedNames& expected) {
  return read_definition(yaml, name, &expected);
}

Result<Dataset> load_definition(const std::filesystem::path& path) {
  const std::string text = TRY(read_file(path));
  return parse_definition(text, path.string());
}

}  // namespace voucher
