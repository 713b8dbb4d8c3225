"""Decisions over HTTP, recomputed from the processed rows by an oracle that shares nothing with the product."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

import oracle
from datasets import TARIFF, Warehouse
from programs import DONE
from web_client import DOCUMENTED_REQUEST, Server, changed

GROUPS = ["Peru", "PERU", "Australia", "china", "Latvia", "Atlantis"]
AS_OF = datetime(2018, 7, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def history(published: Warehouse) -> oracle.History:
    return oracle.History(published.parts())


def assert_evidence(decision: dict, reason: str, evidence: oracle.Evidence | None) -> None:
    assert decision["reason"] == reason, decision
    if evidence is None:
        assert decision["voucher_amount"] is None
        assert decision["evidence"] is None or decision["evidence"]["support"] == 0
        return
    assert decision["voucher_amount"] == evidence.amount, decision
    shown = decision["evidence"]
    assert (shown["support"], shown["total"]) == (evidence.support, evidence.total), decision
    assert shown["share"] == pytest.approx(evidence.support / evidence.total, abs=0.001)
    runner_up = shown["runner_up"] and (shown["runner_up"]["voucher_amount"], shown["runner_up"]["support"])
    assert runner_up == evidence.runner_up, decision
    assert shown["tie"] == (evidence.runner_up is not None and evidence.runner_up[1] == evidence.support)


def test_the_documented_request(served: Server):
    answer = served.post("/get-segment-voucher", DOCUMENTED_REQUEST)
    assert answer.status == 200
    assert answer.json() == {"voucher_amount": 2640}


@pytest.mark.parametrize("segment_name", ["recency_segment", "frequency_segment"])
def test_no_decision_is_204_on_the_classic_path_and_null_on_the_rich_one(served: Server, segment_name: str):
    request = changed(DOCUMENTED_REQUEST, {"country_code": "Atlantis", "segment_name": segment_name})
    classic = served.post("/get-segment-voucher", request)
    assert (classic.status, classic.body) == (204, b"")
    rich = served.decide(country_code="Atlantis", segment_name=segment_name)
    assert rich.status == 200
    assert_evidence(rich.json(), "NO_DATA", None)


@pytest.mark.parametrize("orders", [0, 1, 3, 4, 5, 6, 12, 13, 14, 15, 36, 37, 38, 39, 466, 10**15])
def test_every_boundary_of_frequency(served: Server, history: oracle.History, orders: int):
    for group in GROUPS:
        decision = served.decide(country_code=group, total_orders=orders, segment_name="frequency_segment").json()
        segment = oracle.frequency(orders)
        assert decision["segment"] == segment
        assert_evidence(decision, *history.decide(group, "frequency_segment", segment))
        assert decision["valid_until"] is None and decision["next_segment"] is None, "orders do not change with time"


@pytest.mark.parametrize("days", [0, 1, 29, 30, 31, 59, 60, 61, 62, 90, 91, 92, 120, 121, 122, 179, 180, 181, 182, 400])
def test_every_boundary_of_recency(served: Server, history: oracle.History, days: int):
    last_order = AS_OF.date() - timedelta(days=days)
    segment = oracle.recency(last_order, AS_OF.date())
    for group, time in product(GROUPS, ("", " 00:00:00", "T23:59:59.999999")):
        if days == 0 and "23" in time:
            continue
        decision = served.decide(
            country_code=group, last_order_ts=f"{last_order}{time}", first_order_ts="2017-01-01", as_of="2018-07-10T00:00:00Z"
        ).json()
        assert decision["segment"] == segment
        assert_evidence(decision, *history.decide(group, "recency_segment", segment))


def expected_change(last_order: date, today: date) -> tuple[str | None, str | None]:
    """valid_until and next_segment, found by walking day by day."""
    now = oracle.recency(last_order, today)
    for days in range(1, 400):
        later = oracle.recency(last_order, today + timedelta(days=days))
        if later != now:
            return f"{today + timedelta(days=days)}T00:00:00Z", later
    return None, None


@pytest.mark.parametrize("days", [0, 29, 30, 45, 60, 61, 90, 120, 180, 181, 500])
def test_valid_until_is_the_midnight_of_the_next_change(served: Server, days: int):
    last_order = AS_OF.date() - timedelta(days=days)
    decision = served.decide(last_order_ts=str(last_order), first_order_ts="2016-01-01", as_of="2018-07-10T15:30:00Z").json()
    assert (decision["valid_until"], decision["next_segment"]) == expected_change(last_order, AS_OF.date())


@pytest.mark.parametrize(
    "as_of, days",
    [
        ("2018-07-10", 30),
        ("2018-07-10 23:59:59.999999", 30),
        ("2018-07-11T01:00:00+02:00", 30),
        ("2018-07-09T23:00:00-01:00", 30),
        ("2018-07-11", 31),
    ],
)
def test_days_are_calendar_days_in_utc(served: Server, as_of: str, days: int):
    decision = served.decide(last_order_ts="2018-06-10 23:59:59", as_of=as_of).json()
    assert decision["segment"] == oracle.label(oracle.RECENCY, days)


def test_a_leap_day_counts(served: Server):
    leap = served.decide(last_order_ts="2020-01-31", as_of="2020-03-01T00:00:00Z").json()
    plain = served.decide(last_order_ts="2019-01-31", as_of="2019-03-01T00:00:00Z").json()
    assert (leap["segment"], plain["segment"]) == ("30-60", None)


def test_the_default_of_as_of_is_now(served: Server):
    today = datetime.now(UTC).date()
    decision = served.decide(last_order_ts=str(today - timedelta(days=100))).json()
    assert decision["segment"] == "91-120"
    assert abs(datetime.now(UTC) - datetime.fromisoformat(decision["as_of"])) < timedelta(minutes=5)


def test_a_decision_says_where_it_comes_from(served: Server, published: Warehouse):
    one, other = served.decide(customer_id=7).json(), served.decide(customer_id=7).json()
    assert one["customer_id"] == 7 and one["segment_name"] == "recency_segment"
    assert one["version"] == 1
    assert one["snapshot"].removeprefix("sha256:") == published.manifest()["snapshot"].removeprefix("sha256:")
    assert one["decision_id"] and one["decision_id"] != other["decision_id"]


def test_whole_numbers_may_be_text(served: Server):
    assert served.decide(total_orders="15.0", segment_name="frequency_segment").json()["segment"] == "14-37"
    assert served.decide(customer_id="123").status in (200, 422)


def test_unknown_fields_are_ignored(served: Server):
    assert served.decide(favourite_colour="blue", voucher_amount=99).json()["voucher_amount"] == 2640


def test_a_batch_answers_each_item_in_order(served: Server):
    items = [DOCUMENTED_REQUEST | {"customer_id": number} for number in range(1000)]
    items[7] = DOCUMENTED_REQUEST | {"total_orders": "many"}
    items[8] = DOCUMENTED_REQUEST | {"country_code": "Atlantis"}
    items[9] = []
    answer = served.post("/v1/customer/voucher/decisions/batch", {"items": items})
    assert answer.status == 200
    results = answer.json()["items"]
    assert len(results) == 1000
    assert [result["status"] for result in results[6:11]] == [200, 422, 200, 422, 200]
    assert results[7]["detail"][0]["loc"][-1] == "total_orders"
    assert results[8]["decision"]["reason"] == "NO_DATA"
    for number, result in enumerate(results):
        if number not in (7, 9):
            assert result["decision"]["customer_id"] == items[number]["customer_id"]
    single = served.decide(customer_id=20).json()
    same = {name: single[name] for name in ("segment", "voucher_amount", "reason", "evidence", "version", "snapshot")}
    assert same.items() <= results[20]["decision"].items()


@pytest.mark.parametrize("items, status", [([], 200), ([DOCUMENTED_REQUEST] * 1001, 422), ("none", 422), (None, 422)])
def test_the_size_of_a_batch(served: Server, items: object, status: int):
    answer = served.post("/v1/customer/voucher/decisions/batch", {"items": items} if items is not None else {})
    assert answer.status == status or (items == [] and answer.status == 422), answer.body


@pytest.mark.parametrize("changes", [{}, {"country_code": "Atlantis"}, {"last_order_ts": "2018-07-09"}, {"segment_name": "frequency_segment"}])
def test_explain_tells_the_same(published: Warehouse, served: Server, changes: dict):
    request = changed(DOCUMENTED_REQUEST, changes | {"as_of": "2018-07-10T00:00:00Z"})
    answer = served.post(f"/v1/{published.dataset.id}/decisions", request).json()
    explained = published.do("explain", "--json", "--request", json.dumps(request)).ended_with(DONE).json()
    for name in answer.keys() - {"decision_id"}:
        assert explained[name] == answer[name], name


@pytest.mark.parametrize("variant, value, expected", [("payment", "2023-06-25", 500), ("tenure", None, 0)])
def test_the_second_dataset_decides_too(published_tariff: Warehouse, serve, variant: str, value: str | None, expected: int):
    server = serve(published_tariff)
    request = {
        "meter_id": "m-1", "Region": "SüD" if variant == "x" else "Süd", "plan": "basic", "contract_start": "2020-01-01",
        "last_payment_at": value, "consumption_kwh": 100, "balance_cents": 50, "note": None, "segment_name": variant,
        "as_of": "2023-06-30T12:00:00Z",
    }  # fmt: skip
    answer = server.post(f"/v1/{TARIFF.id}/decisions", request)
    assert answer.status == 200, answer.body
    decision = answer.json()
    assert decision["meter_id"] == "m-1"
    assert decision["segment"] == {"payment": "on time", "tenure": "mehr als 1 Jahr – treu"}[variant]
    assert decision["discount_cents"] == expected or variant == "tenure"
    assert server.post("/get-segment-voucher", request).json() == {"discount_cents": decision["discount_cents"]}
