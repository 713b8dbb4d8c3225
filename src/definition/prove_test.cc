#include "definition/prove.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "definition/load.h"

namespace voucher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Source kSource{SourceFormat::kParquet, {{"orders", ColumnType::kInteger, false}}};

Variant variant_of(std::vector<Segment> segments, std::vector<Range> allow_gaps = {}) {
  return {"v", ColumnValue{0}, std::move(segments), std::move(allow_gaps)};
}

/// What a person could find out by trying every number. Numbers from -kFar to kFar stand for all:
/// no end of a range lies further out.
constexpr std::int64_t kNear = 8;
constexpr std::int64_t kFar = kNear + 2;

Range random_range() {
  const auto end = rc::gen::inRange<std::int64_t>(-kNear, kNear + 1);
  Range range;
  if (*rc::gen::weightedElement<bool>({{5, true}, {1, false}})) range.from = *end;
  if (*rc::gen::weightedElement<bool>({{5, true}, {1, false}})) {
    range.to = range.from ? *range.from + *rc::gen::inRange<std::int64_t>(-1, 7) : *end;
  }
  return range;
}

Variant random_variant() {
  Variant variant = variant_of({});
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
    variant.segments.push_back({"s" + std::to_string(i), random_range()});
  }
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) variant.allow_gaps.push_back(random_range());
  return variant;
}

IntegerSet random_possible() {
  std::vector<IntegerSpan> spans;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    const Range range = random_range();
    const IntegerSpan span{range.from.value_or(IntegerSpan{}.first),
                           range.to.value_or(IntegerSpan{}.last)};
    if (span.first <= span.last) spans.push_back(span);
  }
  return IntegerSet(spans);
}

bool holds(const IntegerSet& set, std::int64_t number) {
  return std::ranges::any_of(set.spans(), [number](const IntegerSpan& span) {
    return span.first <= number && number <= span.last;
  });
}

bool any_holds(const std::vector<Range>& ranges, std::int64_t number) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return range.contains(number); });
}

bool in_segment(const Variant& variant, std::int64_t number) {
  return std::ranges::any_of(
      variant.segments, [&](const Segment& segment) { return segment.range.contains(number); });
}

template <class Predicate>
bool some_number(Predicate predicate) {
  for (std::int64_t number = -kFar; number <= kFar; ++number) {
    if (predicate(number)) return true;
  }
  return false;
}

std::vector<SegmentFault> faults_of(const VariantProof& proof, FaultKind kind) {
  std::vector<SegmentFault> faults;
  std::ranges::copy_if(proof.faults, std::back_inserter(faults),
                       [kind](const SegmentFault& fault) { return fault.kind == kind; });
  return faults;
}

bool blames_segment(const VariantProof& proof, FaultKind kind, SegmentIndex segment) {
  return std::ranges::any_of(faults_of(proof, kind),
                             [&](const SegmentFault& fault) { return fault.segment == segment; });
}

bool blames_gap(const VariantProof& proof, FaultKind kind, std::size_t gap) {
  return std::ranges::any_of(faults_of(proof, kind),
                             [&](const SegmentFault& fault) { return fault.gap == gap; });
}

RC_GTEST_PROP(ProofProperty, FindsTheGapsThatTryingEveryNumberFinds, ()) {
  const Variant variant = random_variant();
  const IntegerSet possible = random_possible();
  const VariantProof proof = prove(kSource, variant, possible);
  RC_ASSERT(proof.possible.has_value() == !possible.empty());
  std::vector<Range> undeclared;
  for (const auto& fault : faults_of(proof, FaultKind::kUndeclaredGap)) {
    undeclared.push_back(fault.range);
  }
  for (std::int64_t number = -kFar; number <= kFar; ++number) {
    const bool gap = holds(possible, number) && !in_segment(variant, number);
    RC_ASSERT(any_holds(proof.gaps, number) == gap);
    RC_ASSERT(any_holds(undeclared, number) == (gap && !any_holds(variant.allow_gaps, number)));
    if (proof.possible && holds(possible, number)) RC_ASSERT(proof.possible->contains(number));
  }
}

RC_GTEST_PROP(ProofProperty, BlamesTheSegmentsThatTryingEveryNumberBlames, ()) {
  const Variant variant = random_variant();
  const IntegerSet possible = random_possible();
  const VariantProof proof = prove(kSource, variant, possible);
  for (SegmentIndex i = 0; i < variant.segments.size(); ++i) {
    const Range& range = variant.segments[i].range;
    const bool any = some_number([&](auto n) { return range.contains(n); });
    const bool reached =
        some_number([&](auto n) { return range.contains(n) && holds(possible, n); });
    const bool overlaps = some_number([&](auto n) {
      return range.contains(n) &&
             std::any_of(variant.segments.begin(),
                         variant.segments.begin() + static_cast<std::ptrdiff_t>(i),
                         [n](const Segment& other) { return other.range.contains(n); });
    });
    RC_ASSERT(blames_segment(proof, FaultKind::kEmptyRange, i) == !any);
    RC_ASSERT(blames_segment(proof, FaultKind::kOverlap, i) == overlaps);
    if (possible.empty()) continue;
    RC_ASSERT(blames_segment(proof, FaultKind::kUnreachable, i) == (any && !reached));
  }
}

RC_GTEST_PROP(ProofProperty, BlamesTheDeclaredGapsThatTryingEveryNumberBlames, ()) {
  const Variant variant = random_variant();
  const IntegerSet possible = random_possible();
  if (possible.empty()) return;
  const VariantProof proof = prove(kSource, variant, possible);
  for (std::size_t i = 0; i < variant.allow_gaps.size(); ++i) {
    const Range& gap = variant.allow_gaps[i];
    const bool any = some_number([&](auto n) { return gap.contains(n); });
    const bool filled =
        some_number([&](auto n) { return gap.contains(n) && in_segment(variant, n); });
    const bool possible_gap =
        some_number([&](auto n) { return gap.contains(n) && holds(possible, n); });
    RC_ASSERT(blames_gap(proof, FaultKind::kEmptyRange, i) == !any);
    RC_ASSERT(blames_gap(proof, FaultKind::kFalseGap, i) == (any && (filled || !possible_gap)));
  }
}

TEST(ProofTest, AcceptsSegmentsThatCoverAllThatIsPossible) {
  const Variant variant = variant_of({{"few", {0, 4}}, {"many", {5, std::nullopt}}});
  const VariantProof proof = prove(kSource, variant, IntegerSet({{0, IntegerSpan{}.last}}));
  EXPECT_THAT(proof.faults, IsEmpty());
  EXPECT_THAT(proof.gaps, IsEmpty());
  EXPECT_EQ(proof.possible, (Range{0, std::nullopt}));
}

TEST(ProofTest, BlamesTheSegmentBelowAGapElseTheOneAbove) {
  const Variant variant = variant_of({{"b", {10, 14}}, {"a", {0, 4}}, {"c", {20, 24}}});
  const VariantProof proof = prove(kSource, variant, IntegerSet({{-1, 24}}));
  ASSERT_THAT(proof.faults, SizeIs(3));
  EXPECT_EQ(proof.faults[0].segment, 1U);  // -1, below all: the lowest
  EXPECT_EQ(proof.faults[1].segment, 1U);  // 5..9
  EXPECT_EQ(proof.faults[2].segment, 0U);  // 15..19
  EXPECT_THAT(proof.faults[1].message, HasSubstr("holds 5..9;"));
  EXPECT_THAT(proof.faults[1].message, HasSubstr("allow_gaps: [\"-1..-1\", \"5..9\", \"15..19\"]"));
}

TEST(ProofTest, ListsGapsOfTheShippedDefinition) {
  const auto dataset = load_definition(VOUCHER_SOURCE_DIR "/domains/customer/voucher.yaml");
  ASSERT_TRUE(dataset.has_value());
  const auto proofs = prove(*dataset);
  ASSERT_THAT(proofs, SizeIs(2));
  EXPECT_EQ(proofs[0].possible, (Range{0, std::nullopt}));
  EXPECT_THAT(proofs[0].gaps, ElementsAre(Range{38, std::nullopt}));
  EXPECT_EQ(proofs[1].possible, (Range{0, std::nullopt}));
  EXPECT_THAT(proofs[1].gaps, ElementsAre(Range{0, 29}));
}

TEST(ProofTest, TheLineItProposesMakesTheDefinitionRight) {
  auto text = read_file(VOUCHER_SOURCE_DIR "/domains/customer/voucher.yaml").value();
  for (const std::string line : {"allow_gaps: [\"38..\"]", "allow_gaps: [\"..29\"]"}) {
    text.replace(text.find(line), line.size(), "allow_gaps: []");
  }
  const auto broken = parse_definition(text, "f");
  ASSERT_FALSE(broken.has_value());
  ASSERT_THAT(broken.error().details, SizeIs(2));
  for (const std::string& mistake : broken.error().details) {
    const auto line = mistake.substr(mistake.find("allow_gaps: "));
    const std::string empty = "allow_gaps: []";
    text.replace(text.find(empty), empty.size(), line);
  }
  EXPECT_TRUE(parse_definition(text, "f").has_value());
}

}  // namespace
}  // namespace voucher
