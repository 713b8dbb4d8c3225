"""What the answers must be, computed the slow way in Python, from the raw file or from the processed rows.

Nothing here is shared with the product: boundaries, rules and parsing are written out again, for customer/voucher.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import duckdb_shell

FREQUENCY = [("0-4", 0, 4), ("5-13", 5, 13), ("14-37", 14, 37)]
RECENCY = [("30-60", 30, 60), ("61-90", 61, 90), ("91-120", 91, 120), ("121-180", 121, 180), ("180+", 181, 10**9)]


def label(segments: list[tuple[str, int, int]], value: int) -> str | None:
    return next((name for name, least, greatest in segments if least <= value <= greatest), None)


def frequency(orders: int) -> str | None:
    return label(FREQUENCY, orders)


def recency(last_order: date, today: date) -> str | None:
    return label(RECENCY, (today - last_order).days)


def parse_instant(text: str | None) -> datetime | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?)?", text or ""):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@dataclass
class Accounting:
    """Row accounting of one raw Parquet file of customer/voucher."""

    raw: int = 0
    processed: int = 0
    duplicates: int = 0
    rejected_by: Counter = field(default_factory=Counter)
    segments: dict[str, Counter] = field(default_factory=lambda: {"frequency_segment": Counter(), "recency_segment": Counter()})

    @property
    def rejected(self) -> int:
        return sum(self.rejected_by.values())


def first_reason(row: dict) -> str | None:
    """The primary reason of a raw row whose columns are text."""
    assigned, last, first = (parse_instant(row[name]) for name in ("timestamp", "last_order_ts", "first_order_ts"))
    for name, value in (("timestamp", assigned), ("country_code", row["country_code"]), ("last_order_ts", last), ("first_order_ts", first)):
        if not row[name]:
            return f"{name}_missing"
        if value is None:
            return f"{name}_malformed"
    if not row["total_orders"]:
        return "total_orders_missing"
    if not re.fullmatch(r"[+-]?\d+(\.0+)?", row["total_orders"]):
        return "total_orders_malformed"
    if row["voucher_amount"] and not re.fullmatch(r"-?\d+(\.0+)?", row["voucher_amount"]):
        return "voucher_amount_malformed"
    if last > assigned:
        return "last_order_after_assignment"
    if first > last:
        return "first_order_after_last_order"
    return "total_orders_negative" if float(row["total_orders"]) < 0 else None


@lru_cache
def account(file: Path) -> Accounting:
    accounting = Accounting()
    seen = set()
    names = ("timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount")
    columns = ", ".join(f'"{name}"::VARCHAR AS "{name}"' for name in names)
    for row in duckdb_shell.query(f"SELECT {columns} FROM '{file}'"):
        accounting.raw += 1
        if reason := first_reason(row):
            accounting.rejected_by[reason] += 1
            continue
        assigned, last, first = (parse_instant(row[name]) for name in ("timestamp", "last_order_ts", "first_order_ts"))
        orders = int(float(row["total_orders"]))
        key = (assigned, row["country_code"], last, first, orders, row["voucher_amount"])
        if key in seen:
            accounting.duplicates += 1
            continue
        seen.add(key)
        accounting.processed += 1
        accounting.segments["frequency_segment"][frequency(orders) or "unsegmented"] += 1
        accounting.segments["recency_segment"][recency(last.date(), assigned.date()) or "unsegmented"] += 1
    return accounting


@dataclass
class Evidence:
    amount: int
    support: int
    total: int
    runner_up: tuple[int, int] | None


def choose(amounts: Counter) -> Evidence | None:
    """The most used amount; ties go to the lowest."""
    ranked = sorted(amounts.items(), key=lambda entry: (-entry[1], entry[0]))
    if not ranked:
        return None
    (amount, support), total = ranked[0], sum(amounts.values())
    return Evidence(amount, support, total, ranked[1] if len(ranked) > 1 else None)


class History:
    """The processed rows of a version, counted again."""

    def __init__(self, parts: list[Path]):
        self.cells: dict[tuple[str, str, str | None], Counter] = {}
        self.groups: dict[str, Counter] = {}
        names = "', '".join(map(str, parts))
        columns = 'country_code, voucher_amount, total_orders, last_order_ts::DATE AS last, "timestamp"::DATE AS today'
        for row in duckdb_shell.query(f"SELECT {columns} FROM read_parquet(['{names}'])"):
            self._add(row)

    def _add(self, row: dict) -> None:
        group = row["country_code"].lower()
        days = recency(date.fromisoformat(row["last"]), date.fromisoformat(row["today"]))
        for variant, segment in (("frequency_segment", frequency(row["total_orders"])), ("recency_segment", days)):
            cell = self.cells.setdefault((group, variant, segment), Counter())
            if row["voucher_amount"] is not None:
                cell[row["voucher_amount"]] += 1
        counts = self.groups.setdefault(group, Counter())
        if row["voucher_amount"] is not None:
            counts[row["voucher_amount"]] += 1

    def decide(self, group: str, variant: str, segment: str | None) -> tuple[str, Evidence | None]:
        """Reason and evidence."""
        cell = self.cells.get((group.lower(), variant, segment), Counter()) if segment else Counter()
        if evidence := choose(cell):
            return "SEGMENT", evidence
        if evidence := choose(self.groups.get(group.lower(), Counter())):
            return "FALLBACK_GROUP", evidence
        return "NO_DATA", None
