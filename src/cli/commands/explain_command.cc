#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/serving.h"
#include "base/files.h"
#include "base/suggest.h"
#include "cli/commands/entries.h"
#include "report/explanation.h"
#include "report/row_counts_json.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

/// Fields of a request from FIELD=VALUE words; the subject is a number where the dataset says so.
Result<ordered_json> fields_of(const std::vector<std::string>& words, const Dataset& dataset) {
  ordered_json fields = ordered_json::object();
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::kUsage, "'{}' is no FIELD=VALUE, e.g. country_code=Peru", word);
    }
    const std::string field = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    const bool subject_number = field == dataset.decision.subject.name &&
                                dataset.decision.subject.type == ColumnType::kInteger;
    const ordered_json number = ordered_json::parse(value, nullptr, false);
    fields[field] = subject_number && number.is_number_integer() ? number : ordered_json(value);
  }
  return fields;
}

/// A request must name a subject; who only wants to know why may leave it out.
ordered_json with_subject(ordered_json fields, const Dataset& dataset) {
  if (!fields.contains(dataset.decision.subject.name)) {
    const bool is_number = dataset.decision.subject.type == ColumnType::kInteger;
    fields[dataset.decision.subject.name] = is_number ? ordered_json(0) : ordered_json("explain");
  }
  return fields;
}

/// Asks the API's own handler, so that what is explained is what is served.
Result<ordered_json> ask(const Catalog& catalog, const Clock& clock, const DatasetId& id,
                         const std::string& body) {
  Services services;
  services.clock = &clock;
  Api api(catalog, std::move(services));
  constexpr std::size_t kPadding = 64;  // simdjson reads past the end
  const std::string padded = body + std::string(kPadding, ' ');
  const std::string path = fmt::format("/v1/{}/{}/decisions", id.domain, id.dataset);
  http::Request request;
  request.method = http::Method::kPost;
  request.method_name = "POST";
  request.path = path;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::string_view(padded).substr(0, body.size());
  request.body_padding = kPadding;
  http::Response response;
  api.handle(request, response);
  ordered_json answer = ordered_json::parse(response.body, nullptr, false);
  if (response.status == 200) return answer;
  Error error{
      ErrorKind::kRefused, fmt::format("the request was answered with {}", response.status), {}};
  if (!answer.is_object() || !answer["detail"].is_array()) {
    error.message += ": " + response.body;
    return std::unexpected(std::move(error));
  }
  for (const ordered_json& detail : answer["detail"]) {
    error.details.push_back(
        fmt::format("{}: {}", detail["loc"].dump(), detail["msg"].get<std::string>()));
  }
  return std::unexpected(std::move(error));
}

/// What is explained: the version, its snapshot, and a catalog that serves it.
struct Explained {
  DatasetId id;
  VersionSummary summary;
  Snapshot snapshot;
  Catalog catalog;

  [[nodiscard]] const Dataset& dataset() const { return snapshot.definition; }
  [[nodiscard]] const std::string& group_column() const {
    return dataset().source.columns[dataset().decision.group_by].name;
  }
};

/// The cell whose choice the answer is: its own, or the whole group where that decided.
CellName deciding_cell(const Dataset& dataset, const ordered_json& answer,
                       const std::string& group) {
  CellName cell{fold_ascii(group), {}, {}};
  if (answer["segment_name"].is_null() || answer["reason"] == "FALLBACK_GROUP") return cell;
  cell.variant = dataset.find_variant(answer["segment_name"].get_ref<const std::string&>());
  if (!answer["segment"].is_null()) cell.segment = answer["segment"].get<std::string>();
  return cell;
}

/// A cell without a customer: the group's word, and the variant's with --segment.
struct AskedCell {
  std::string group;
  std::optional<VariantIndex> variant;
  std::optional<SegmentIndex> segment;
};

Result<std::optional<SegmentIndex>> segment_named(const Variant& variant,
                                                  const std::string& label) {
  if (label == "unsegmented") return std::nullopt;
  std::vector<std::string> labels;
  for (const Segment& segment : variant.segments) labels.push_back(segment.label);
  const auto found = std::ranges::find(labels, label);
  if (found != labels.end()) return static_cast<SegmentIndex>(found - labels.begin());
  return fail(ErrorKind::kUsage, "{} has no segment '{}'{}: it has {} and unsegmented",
              variant.name, label, did_you_mean(label, labels), fmt::join(labels, ", "));
}

Result<AskedCell> asked_cell(const Explained& explained, const ordered_json& fields,
                             const std::string& segment) {
  const Dataset& dataset = explained.dataset();
  const std::string& column = explained.group_column();
  for (const auto& [name, value] : fields.items()) {
    if (name == column || name == "segment_name") continue;
    return fail(ErrorKind::kUsage,
                "without a customer, explain takes {} and segment_name with --segment, not '{}'",
                column, name);
  }
  if (!fields.contains(column))
    return fail(ErrorKind::kUsage, "explain needs {0}=VALUE beside --segment", column);
  AskedCell cell{fields[column].get<std::string>(), {}, {}};
  if (!fields.contains("segment_name") && segment.empty()) return cell;
  if (!fields.contains("segment_name") || segment.empty())
    return fail(ErrorKind::kUsage, "segment_name=VARIANT and --segment LABEL belong together");
  const std::string name = fields["segment_name"].get<std::string>();
  std::vector<std::string> names;
  for (const Variant& variant : dataset.variants) names.push_back(variant.name);
  cell.variant = dataset.find_variant(name);
  if (!cell.variant)
    return fail(ErrorKind::kUsage, "no variant '{}'{}: there is {}", name,
                did_you_mean(name, names), fmt::join(names, ", "));
  cell.segment = TRY(segment_named(dataset.variants[*cell.variant], segment));
  return cell;
}

/// A cell's answer in the form of the API's.
ordered_json answer_for_cell(const Explained& explained, const AskedCell& cell) {
  const Decider decider(explained.snapshot);
  const Dataset& dataset = explained.dataset();
  const std::size_t group = decider.find_group(cell.group);
  Outcome outcome;
  if (cell.variant) {
    outcome = decider.outcomes()[decider.outcome_index(group, *cell.variant, cell.segment)];
  } else if (const auto counts = explained.snapshot.history.groups().find(fold_ascii(cell.group));
             counts != explained.snapshot.history.groups().end()) {
    outcome.choice = choose(counts->second.all, dataset.decision.choose);
    if (outcome.choice) outcome.reason = DecisionReason::kFallbackGroup;
  }
  ordered_json answer = {{"segment_name", nullptr}, {"segment", nullptr}};
  if (cell.variant) {
    const Variant& variant = dataset.variants[*cell.variant];
    answer["segment_name"] = variant.name;
    if (cell.segment) answer["segment"] = variant.segments[*cell.segment].label;
  }
  const std::string& amount = dataset.source.columns[dataset.decision.amount].name;
  answer.update(ordered_json::parse("{" + outcome_members(outcome, amount) + "}"));
  answer["version"] = explained.summary.manifest.version;
  answer["snapshot"] = named_hash(explained.summary.manifest.snapshot);
  return answer;
}

class ExplainCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add_arguments(
        "fields", words_,
        "FIELD=VALUE …, as in a request: country_code=Peru segment_name=recency_segment …; the "
        "group's alone explains the group, with segment_name and --segment a cell");
    flags.add("--request", request_, "The request's body instead: JSON, @FILE or - for stdin");
    flags.add("--segment", segment_, "Explain this segment (or unsegmented) without a customer");
    flags.add("--version", version_, "Explain by this version (default: the live one)");
    flags.add_switch("--rows", rows_, "List the rows behind the choice, and the rejected ones");
    flags.add("--limit", limit_, "Rows to list of each kind");
  }

  Result<ExitCode> execute(Session& session) override {
    if (limit_ < 1) return fail(ErrorKind::kUsage, "--limit is at least 1, not {}", limit_);
    const auto warehouse = TRY(session.warehouse());
    Explained explained;
    explained.id = TRY(session.dataset_id());
    TRY(read_version(*warehouse, explained));
    Explanation explanation = TRY(explain(session, explained));
    if (rows_) TRY(add_rows(*warehouse, session, explained, explanation));
    session.print(explanation_json(explanation), explanation_text(explanation));
    return ExitCode::kDone;
  }

 private:
  Result<> read_version(Warehouse& warehouse, Explained& explained) const {
    VersionNumber number = version_;
    if (number == 0) {
      const auto live = TRY(warehouse.live(explained.id));
      if (!live)
        return fail(ErrorKind::kUnavailable,
                    "{}/{} has no published version: `voucher run` makes one", explained.id.domain,
                    explained.id.dataset);
      number = *live;
    }
    explained.summary = TRY(warehouse.version(explained.id, number));
    explained.snapshot = TRY(warehouse.snapshot(explained.id, number));
    ServedDataset served{
        std::make_shared<const Serving>(explained.id, explained.snapshot, explained.summary),
        make_history(explained.id, {explained.summary}), std::make_shared<DecisionCounters>()};
    explained.catalog.replace(make_served({std::move(served)}, {}, std::nullopt));
    return {};
  }

  Result<Explanation> explain(const Session& session, const Explained& explained) const {
    Explanation explanation;
    explanation.dataset = explained.dataset();
    if (request_.empty() && words_.empty()) {
      return fail(ErrorKind::kUsage,
                  "explain needs FIELD=VALUE words or --request: the fields of a request to the "
                  "API");
    }
    const ordered_json fields =
        request_.empty() ? TRY(fields_of(words_, explained.dataset())) : ordered_json::object();
    if (!segment_.empty() || (fields.size() == 1 && fields.contains(explained.group_column()))) {
      const AskedCell cell = TRY(asked_cell(explained, fields, segment_));
      explanation.group = cell.group;
      explanation.answer = answer_for_cell(explained, cell);
    } else {
      const std::string body = TRY(request_body(fields, explained.dataset()));
      explanation.answer = TRY(ask(explained.catalog, session.clock(), explained.id, body));
      explanation.group = ordered_json::parse(body).at(explained.group_column()).get<std::string>();
    }
    explanation.decided = deciding_cell(explained.dataset(), explanation.answer, explanation.group);
    explanation.counts = counts_of_cell(explained.snapshot, explanation.decided);
    return explanation;
  }

  Result<> add_rows(Warehouse& warehouse, Session& session, const Explained& explained,
                    Explanation& explanation) const {
    EvidenceRequest request;
    request.id = explained.id;
    request.version = explained.summary.manifest.version;
    request.cell = explanation.decided;
    const ordered_json& amount =
        explanation
            .answer[explained.dataset().source.columns[explained.dataset().decision.amount].name];
    if (!amount.is_null()) request.choice = amount.get<std::int64_t>();
    request.limit = static_cast<std::size_t>(limit_);
    explanation.evidence =
        TRY(collect_evidence(warehouse, explained.snapshot, request, session.control()));
    return {};
  }

  Result<std::string> request_body(const ordered_json& fields, const Dataset& dataset) const {
    if (request_.empty()) return with_subject(fields, dataset).dump();
    if (request_ == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    if (request_.starts_with("@")) return read_file(request_.substr(1));
    return request_;
  }

  std::vector<std::string> words_;
  std::string request_;
  std::string segment_;
  std::int64_t version_ = 0;
  bool rows_ = false;
  std::int64_t limit_ = 20;
};

}  // namespace

std::unique_ptr<Command> make_explain_command() {
  return std::make_unique<ExplainCommand>();
}

}  // namespace voucher
