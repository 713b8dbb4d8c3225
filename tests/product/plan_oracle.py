"""What a plan must say, counted by hand from the rows of the version before and of the version after."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import duckdb_shell
from datasets import Warehouse

Place = tuple[str, int]
Move = tuple[str | None, str | None]


@dataclass
class State:
    """The processed rows of a version by their place in the raw files."""

    rows: dict[Place, dict]
    variants: list[str]
    min_support: int
    fallback: bool

    def label(self, place: Place, variant: str) -> str | None:
        """None where the row is not processed."""
        return (self.rows[place][variant] or "unsegmented") if place in self.rows else None

    def counts(self) -> dict[tuple, Counter]:
        """Amounts of each group, and of each cell."""
        counts: dict[tuple, Counter] = defaultdict(Counter)
        for row in self.rows.values():
            if row["voucher_amount"] is None:
                continue
            group = row["country_code"].lower()
            counts[group,][row["voucher_amount"]] += 1
            for variant in self.variants:
                counts[group, variant, row[variant]][row["voucher_amount"]] += 1
        return counts

    def choice(self, counts: Counter) -> int | None:
        best = min(counts, key=lambda amount: (-counts[amount], amount), default=None)
        return best if best is not None and counts[best] >= self.min_support else None


def read_state(warehouse: Warehouse) -> State:
    files = [f"'{warehouse.home}/parts/{part['name']}.parquet'" for part in warehouse.manifest()["parts"] if part["name"]]
    definition = warehouse.snapshot()["definition"]
    rows = duckdb_shell.query(f"SELECT * FROM read_parquet([{', '.join(files)}])")
    return State(
        {(row["source_file"], row["source_row"]): row for row in rows},
        [variant["name"] for variant in definition["variants"]],
        definition["decision"]["choose"]["min_support"],
        bool(definition["decision"]["fallback"]),
    )


def moves(before: State, after: State, variant: str) -> dict[str, Counter[Move]]:
    """Rows by group, from and to."""
    found: dict[str, Counter[Move]] = defaultdict(Counter)
    for place in before.rows.keys() | after.rows.keys():
        move = (before.label(place, variant), after.label(place, variant))
        row = after.rows.get(place) or before.rows[place]
        if move[0] != move[1]:
            found[row["country_code"].lower()][move] += 1
    return found


def money(before: State, after: State, variant: str) -> dict[str, tuple[int, int]]:
    """What the rows of both states are decided, before and after, by group."""
    old_counts, new_counts = before.counts(), after.counts()
    found: dict[str, tuple[int, int]] = {}
    for place in before.rows.keys() & after.rows.keys():
        group = after.rows[place]["country_code"].lower()
        old, new = (
            decide(state, counts, state.rows[place]["country_code"].lower(), variant, state.rows[place][variant])
            for state, counts in ((before, old_counts), (after, new_counts))
        )
        sums = found.get(group, (0, 0))
        found[group] = (sums[0] + (old or 0), sums[1] + (new or 0))
    return found


def decide(state: State, counts: dict[tuple, Counter], group: str, variant: str, segment: str | None) -> int | None:
    own = state.choice(counts.get((group, variant, segment), Counter())) if segment else None
    if own is not None:
        return own
    return state.choice(counts.get((group,), Counter())) if state.fallback else None


def choices(state: State) -> dict[tuple, int]:
    """Every choice that there is: of groups, and of labelled cells."""
    chosen = {}
    for cell, counts in state.counts().items():
        if len(cell) == 3 and cell[2] is None:
            continue
        choice = state.choice(counts)
        if choice is not None:
            chosen[cell] = choice
    return chosen


def assert_came_true(plan: dict, before: State, after: State, run: dict) -> None:
    """The plan said what the rows of both versions say, and named the snapshot of the run."""
    assert plan["changes"] is True
    assert plan["snapshot"]["after"] == run["snapshot"]
    assert plan["rows"]["after"] == run["rows"]
    assert plan["rows"]["kept"] == len(before.rows.keys() & after.rows.keys())
    assert plan["rows"]["joining"] == len(after.rows.keys() - before.rows.keys())
    assert plan["rows"]["leaving"] == len(before.rows.keys() - after.rows.keys())
    shared = [variant for variant in after.variants if variant in before.variants]
    assert [entry["segment_name"] for entry in plan["variants"]] == shared
    for entry in plan["variants"]:
        assert_moves(entry, moves(before, after, entry["segment_name"]))
    for entry in plan["money"]["variants"]:
        expected = money(before, after, entry["segment_name"])
        assert {group["group"].lower(): (group["before"], group["after"]) for group in entry["groups"]} == expected
    differences = sum(entry["difference"] for entry in plan["money"]["variants"])
    assert plan["money"]["difference"] == differences == sum(
        change["rows"] * ((change["after"] or 0) - (change["before"] or 0)) for change in plan["decisions"]
    )
    assert_choices(plan, choices(before), choices(after))


def assert_moves(entry: dict, expected: dict[str, Counter[Move]]) -> None:
    for group in entry["groups"]:
        assert as_counter(group["moves"]) == expected[group["group"].lower()], group
    assert {group["group"].lower() for group in entry["groups"]} == set(expected)
    assert as_counter(entry["moves"]) == sum(expected.values(), Counter())


def as_counter(listed: list[dict]) -> Counter[Move]:
    return Counter({(move["from"], move["to"]): move["rows"] for move in listed})


def assert_choices(plan: dict, before: dict[tuple, int], after: dict[tuple, int]) -> None:
    """Cells by label; a renamed one is told as the same cell under two labels."""
    seen_before, seen_after = {}, {}
    for change in plan["cells"]["changes"]:
        group, variant = change["group"].lower(), change["segment_name"]
        for side, label, seen in (("before", "segment_before", seen_before), ("after", "segment_after", seen_after)):
            if change[side]:
                seen[(group, variant, change[label]) if variant else (group,)] = change[side][plan["amount"]]
    renamed = {(entry["segment_name"], move["from"]): move["to"] for entry in plan["variants"] for move in entry["moves"] if move["renamed"]}
    paired = {(*cell[:2], renamed.get(cell[1:], cell[2])) if len(cell) == 3 else cell: amount for cell, amount in before.items()}
    changed = {cell for cell in paired.keys() | after.keys() if paired.get(cell) != after.get(cell)}
    assert {(*cell[:2], renamed.get(cell[1:], cell[2])) if len(cell) == 3 else cell for cell in seen_before} == changed & paired.keys()
    assert seen_after == {cell: after[cell] for cell in changed & after.keys()}
    assert plan["cells"]["same_choice"] == len((paired.keys() & after.keys()) - changed)
