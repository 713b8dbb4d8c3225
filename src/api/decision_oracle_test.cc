// The API against a naive reading of the same body: nlohmann::json for the JSON, decision/ called
// field by field, the answer put together as a document.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/api.h"
#include "api/memory_warehouse_fixture.h"
#include "api/reloader.h"
#include "api/voucher_fixture.h"
#include "decision/parse.h"

namespace voucher {
namespace {

using nlohmann::json;

constexpr Timestamp kNow = midnight(to_day({2018, 7, 10}));

struct Served {
  FixedClock clock{kNow};
  MemoryWarehouse warehouse;
  Catalog catalog;
  Reloader reloader{warehouse, catalog, clock, {}};
  Api api{catalog, [this] {
            Services services;
            services.clock = &clock;
            return services;
          }()};

  Served() {
    warehouse.publish(kVoucherId, voucher_snapshot());
    warehouse.publish(kDiscountId, discount_snapshot());
    reloader.look();
  }

  http::Response post(const DatasetId& id, const std::string& body) {
    const std::string path = "/v1/" + id.domain + "/" + id.dataset + "/decisions";
    http::Request request;
    request.method = http::Method::kPost;
    request.path = path;
    request.body = body;
    http::Response response;
    api.handle(request, response);
    return response;
  }
};

/// Texts must outlive the field.
Field naive_field(ColumnType type, const json& value) {
  if (value.is_null()) return Field::missing();
  if (value.is_string()) return parse_field(type, value.get_ref<const std::string&>());
  if (type != ColumnType::kInteger) return Field::malformed();
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return number > INT64_MAX ? Field::malformed() : Field::of(static_cast<std::int64_t>(number));
  }
  if (value.is_number_integer()) return Field::of(value.get<std::int64_t>());
  if (!value.is_number_float()) return Field::malformed();
  const double number = value.get<double>();
  if (std::floor(number) != number || std::fabs(number) >= 9007199254740992.0) {
    return Field::malformed();
  }
  return Field::of(static_cast<std::int64_t>(number));
}

/// (type, field) of every error, and the row.
struct Naive {
  std::vector<std::pair<std::string, std::string>> errors;
  std::vector<Field> row;
  Timestamp as_of;
};

void check_field(Naive& naive, const std::string& name, const json& body, const Field& field,
                 bool required) {
  if (field.state == FieldState::kMalformed) {
    naive.errors.emplace_back(name + "_malformed", name);
  } else if (required && !body.contains(name)) {
    naive.errors.emplace_back("missing", name);
  } else if (required && field.state == FieldState::kMissing) {
    naive.errors.emplace_back(name + "_missing", name);
  }
}

Naive naive_reading(const Dataset& dataset, const json& body) {
  const auto at = [&](const std::string& name) -> const json& {
    static const json kNull;
    return body.contains(name) ? body.at(name) : kNull;
  };
  Naive naive;
  naive.row.resize(dataset.source.columns.size());
  const Subject& subject = dataset.decision.subject;
  check_field(naive, subject.name, body, naive_field(subject.type, at(subject.name)), true);
  for (const ColumnIndex column : dataset.request_columns()) {
    const Column& about = dataset.source.columns[column];
    naive.row[column] = naive_field(about.type, at(about.name));
    check_field(naive, about.name, body, naive.row[column], !about.nullable);
  }
  const Field variant = naive_field(ColumnType::kString, at("segment_name"));
  check_field(naive, "segment_name", body, variant, true);
  if (variant.has_value() && !dataset.find_variant(variant.text)) {
    naive.errors.emplace_back("segment_name_unknown", "segment_name");
  }
  const Field instant = naive_field(ColumnType::kTimestamp, at("as_of"));
  check_field(naive, "as_of", body, instant, false);
  naive.as_of = instant.has_value() ? instant.instant() : kNow;
  for (ColumnIndex column = 0; column < naive.row.size(); ++column) {
    if (!dataset.is_clock(column)) continue;
    naive.row[column] = instant.state == FieldState::kMalformed ? instant : Field::of(naive.as_of);
  }
  for (const Rule& rule : dataset.clean.rules) {
    bool judged = true;
    for (const ColumnIndex column : columns_of(rule)) {
      judged = judged && naive.row[column].has_value();
    }
    if (!judged || holds(rule, dataset.source.columns, naive.row)) continue;
    const ColumnIndex first = columns_of(rule).front();
    naive.errors.emplace_back(
        rule.id, dataset.is_clock(first) ? "as_of" : dataset.source.columns[first].name);
  }
  return naive;
}

json evidence_of(const Choice& choice, const std::string& amount) {
  json evidence = {{"support", choice.support},
                   {"total", choice.total},
                   {"share", std::round(choice.share() * 1000) / 1000},
                   {"runner_up", nullptr},
                   {"tie", choice.tie}};
  if (choice.runner_up) {
    evidence["runner_up"] = {{amount, choice.runner_up->amount},
                             {"support", choice.runner_up->support}};
  }
  return evidence;
}

json naive_answer(const Decider& decider, const Naive& naive, const json& body) {
  const Dataset& dataset = decider.dataset();
  const std::string& amount = dataset.source.columns[dataset.decision.amount].name;
  const Subject& subject = dataset.decision.subject;
  const VariantIndex index = *dataset.find_variant(body.at("segment_name").get<std::string>());
  const Variant& variant = dataset.variants[index];
  const Decision decision = decider.decide(index, naive.row);
  const Outcome& outcome = decider.outcome(decision);
  const auto label = [&](std::optional<SegmentIndex> segment) {
    return segment ? json(variant.segments[*segment].label) : json(nullptr);
  };
  json answer = {{"segment_name", variant.name},
                 {"segment", label(decision.segment)},
                 {"reason", to_string(outcome.reason)},
                 {"as_of", format_iso(naive.as_of)},
                 {"version", 1},
                 {"snapshot", "sha256:" + sha256_hex(to_canonical_json(decider.snapshot()))}};
  answer[subject.name] = subject.type == ColumnType::kInteger
                             ? json(naive_field(subject.type, body.at(subject.name)).number)
                             : body.at(subject.name);
  answer[amount] = outcome.choice ? json(outcome.choice->amount) : json(nullptr);
  answer["evidence"] = outcome.choice ? evidence_of(*outcome.choice, amount) : json(nullptr);
  answer["valid_until"] =
      decision.next ? json(format_iso(midnight(decision.next->day))) : json(nullptr);
  answer["next_segment"] = decision.next ? label(decision.next->segment) : json(nullptr);
  return answer;
}

/// Mostly good values, so that whole bodies are often good (RapidCheck begins with small numbers).
json any_value(const Column& column) {
  static const std::vector<json> kOdd = {nullptr,
                                         "",
                                         true,
                                         1.5,
                                         "x",
                                         json::array({1}),
                                         1e300,
                                         -3,
                                         "1.0",
                                         7.0,
                                         json::object(),
                                         18446744073709551615ULL,
                                         "2018-02-30",
                                         "2018-05-03T24:00:00"};
  if (*rc::gen::inRange(0, 16) == 15) return *rc::gen::elementOf(kOdd);
  switch (column.type) {
    case ColumnType::kInteger: return *rc::gen::inRange<std::int64_t>(-1, 45);
    case ColumnType::kString:
      return *rc::gen::elementOf(std::vector<std::string>{"Peru", "pERU", "Chile", "Cuba", "é\n\"",
                                                          "NORD", "nord", "web", "app"});
    case ColumnType::kTimestamp: break;
  }
  // Orders come before assignments in most cases, and each may fall on any boundary.
  const bool is_order = column.name.ends_with("order_ts");
  const std::int64_t shift = is_order ? *rc::gen::inRange<std::int64_t>(-400, 5) : 0;
  const std::int64_t latest = column.name.starts_with("first") ? 17'400 : 17'720;
  const Day day{latest + shift + *rc::gen::inRange<std::int64_t>(0, 10)};
  const std::string date = format_iso(day);
  switch (*rc::gen::inRange(0, 4)) {
    case 0: return date;
    case 1: return date + " 23:59:59.999999";
    case 2: return date + "T00:00:00+05:30";
    default: return date + "T12:00:00Z";
  }
}

json any_body(const Dataset& dataset) {
  json body = json::object();
  const auto maybe_put = [&](const std::string& name, const json& value) {
    if (*rc::gen::inRange(0, 25) != 24) body[name] = value;
  };
  const Subject& subject = dataset.decision.subject;
  maybe_put(subject.name, any_value({subject.name, subject.type, false}));
  for (const ColumnIndex column : dataset.request_columns()) {
    maybe_put(dataset.source.columns[column].name, any_value(dataset.source.columns[column]));
  }
  std::vector<json> names = {"no_such", nullptr, 5};
  for (int i = 0; i < 8; ++i) {
    for (const Variant& variant : dataset.variants) names.emplace_back(variant.name);
  }
  maybe_put("segment_name", *rc::gen::elementOf(names));
  if (*rc::gen::arbitrary<bool>()) {
    maybe_put("as_of", any_value({"as_of", ColumnType::kTimestamp, false}));
  }
  maybe_put("ignored", *rc::gen::arbitrary<std::int64_t>());
  return body;
}

void holds_for(Served& served, const DatasetId& id, int& accepted) {
  const Decider& decider = served.catalog.current().find(id.domain, id.dataset)->serving->decider();
  const json body = any_body(decider.dataset());
  RC_LOG() << body.dump() << "\n";
  const http::Response response = served.post(id, body.dump(*rc::gen::element(-1, 1)));
  RC_LOG() << response.body << "\n";
  const Naive naive = naive_reading(decider.dataset(), body);
  json answer = json::parse(response.body);
  if (naive.errors.empty()) {
    ++accepted;
    RC_ASSERT(response.status == 200);
    answer.erase("decision_id");
    RC_ASSERT(answer == naive_answer(decider, naive, body));
    return;
  }
  RC_ASSERT(response.status == 422);
  std::vector<std::pair<std::string, std::string>> errors;
  for (const json& violation : answer.at("detail")) {
    const std::string name = violation.at("loc").at(1);
    errors.emplace_back(violation.at("type"), name);
    const json input = violation.at("input");
    RC_ASSERT(input == (body.contains(name) ? body.at(name) : json(nullptr)));
  }
  RC_ASSERT(errors == naive.errors);
}

TEST(DecisionOracle, AgreesForTheShippedDefinition) {
  Served served;
  int accepted = 0;
  const bool held = rc::check([&] { holds_for(served, kVoucherId, accepted); });
  EXPECT_TRUE(held);
  EXPECT_GT(accepted, 0);
}

TEST(DecisionOracle, AgreesForAnyOtherDefinition) {
  Served served;
  int accepted = 0;
  const bool held = rc::check([&] { holds_for(served, kDiscountId, accepted); });
  EXPECT_TRUE(held);
  EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace voucher
