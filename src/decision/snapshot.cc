#include "decision/snapshot.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "decision/definition_json.h"

namespace voucher {
namespace {

using nlohmann::json;

json pairs(const std::map<std::int64_t, std::int64_t>& counts) {
  json list = json::array();
  for (const auto& [amount, rows] : counts) list.push_back(json::array({amount, rows}));
  return list;
}

json to_json(const AmountCounts& counts) {
  return {{"amounts", pairs(counts.by_amount)}, {"null_rows", counts.null_rows}};
}

json to_json(const RowCounts& rows) {
  return {{"raw", rows.raw},
          {"processed", rows.processed},
          {"rejected", rows.rejected},
          {"duplicates", rows.duplicates},
          {"rejected_by", rows.rejected_by}};
}

json groups_json(const HistoryCounts& history) {
  json groups = json::array();
  for (const auto& [folded, counts] : history.groups()) {
    json group = to_json(counts.all);
    group["group"] = folded;
    group["spellings"] = counts.spellings;
    groups.push_back(std::move(group));
  }
  return groups;
}

/// Ordered by group bytes, then the definition's order; cells without rows are left out.
json cells_json(const Dataset& dataset, const HistoryCounts& history) {
  json cells = json::array();
  for (const auto& [folded, counts] : history.groups()) {
    for (VariantIndex variant = 0; variant < dataset.variants.size(); ++variant) {
      const auto& segments = dataset.variants[variant].segments;
      for (SegmentIndex i = 0; i <= segments.size(); ++i) {
        if (counts.cells[variant][i].rows() == 0) continue;
        json cell = to_json(counts.cells[variant][i]);
        cell["group"] = folded;
        cell["variant"] = dataset.variants[variant].name;
        cell["segment"] = i < segments.size() ? json(segments[i].label) : json(nullptr);
        cells.push_back(std::move(cell));
      }
    }
  }
  return cells;
}

AmountCounts amount_counts(const json& object) {
  AmountCounts counts;
  counts.null_rows = object.at("null_rows").get<std::int64_t>();
  for (const json& pair : object.at("amounts")) {
    counts.add(pair.at(0).get<std::int64_t>(), pair.at(1).get<std::int64_t>());
  }
  return counts;
}

RowCounts row_counts(const json& object) {
  RowCounts rows;
  rows.raw = object.at("raw").get<std::int64_t>();
  rows.processed = object.at("processed").get<std::int64_t>();
  rows.rejected = object.at("rejected").get<std::int64_t>();
  rows.duplicates = object.at("duplicates").get<std::int64_t>();
  rows.rejected_by = object.at("rejected_by").get<std::map<std::string, std::int64_t>>();
  return rows;
}

std::optional<SegmentIndex> segment_position(const Variant& variant, const json& label) {
  if (label.is_null()) return variant.segments.size();
  for (SegmentIndex i = 0; i < variant.segments.size(); ++i) {
    if (variant.segments[i].label == label.get_ref<const std::string&>()) return i;
  }
  return std::nullopt;
}

Result<HistoryCounts> history_counts(const Dataset& dataset, const json& document) {
  HistoryCounts history(dataset.variants);
  for (const json& entry : document.at("groups")) {
    GroupCounts& group = history.group(entry.at("group").get<std::string>());
    group.all = amount_counts(entry);
    group.spellings = entry.at("spellings").get<std::map<std::string, std::int64_t>>();
  }
  const std::size_t groups = history.groups().size();
  for (const json& entry : document.at("cells")) {
    const auto variant = dataset.find_variant(entry.at("variant").get_ref<const std::string&>());
    const auto segment =
        variant ? segment_position(dataset.variants[*variant], entry.at("segment")) : std::nullopt;
    if (!segment)
      return fail(ErrorKind::kRefused, "snapshot has a cell that its definition does not know");
    history.group(entry.at("group").get<std::string>()).cells[*variant][*segment] =
        amount_counts(entry);
  }
  if (history.groups().size() != groups)
    return fail(ErrorKind::kRefused, "snapshot has a cell of an unknown group");
  return history;
}

Result<Snapshot> snapshot_from_json(const json& document) {
  if (document.at("format").get<int>() != kSnapshotFormat) {
    return fail(ErrorKind::kRefused,
                "snapshot has format {}, this program reads format {}: run the voucher that wrote "
                "it, or load again",
                document.at("format").get<int>(), kSnapshotFormat);
  }
  Snapshot snapshot;
  snapshot.definition = TRY(dataset_from_deciding_json(document.at("definition")));
  snapshot.rows = row_counts(document.at("rows"));
  snapshot.history = TRY(history_counts(snapshot.definition, document));
  return snapshot;
}

}  // namespace

std::string definition_hash(const Dataset& dataset) {
  return sha256_hex(deciding_json(dataset).dump());
}

std::string to_canonical_json(const Snapshot& snapshot) {
  const json document = {{"format", kSnapshotFormat},
                         {"definition", deciding_json(snapshot.definition)},
                         {"rows", to_json(snapshot.rows)},
                         {"groups", groups_json(snapshot.history)},
                         {"cells", cells_json(snapshot.definition, snapshot.history)}};
  return document.dump();
}

Result<Snapshot> parse_snapshot(std::string_view text) {
  try {
    return snapshot_from_json(json::parse(text));
  } catch (const json::exception& error) {
    return fail(ErrorKind::kRefused, "snapshot is damaged: {}", error.what());
  }
}

}  // namespace voucher
