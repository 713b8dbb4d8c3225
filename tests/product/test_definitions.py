"""`voucher check`, and what a run says about a bad definition."""

from pathlib import Path

import pytest

import programs
from datasets import TARIFF, VOUCHER, TestedDataset, Warehouse
from programs import DONE, REFUSED, USAGE


def definition_of(project: TestedDataset) -> Path:
    return project.project / "domains/customer/voucher.yaml"


def alter(project: TestedDataset, *changes: tuple[str, str]) -> None:
    text = definition_of(project).read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    definition_of(project).write_text(text)


def check(project: TestedDataset, *arguments: object) -> programs.Finished:
    return programs.voucher("check", *project.flags, *arguments)


@pytest.mark.parametrize("dataset", [VOUCHER, TARIFF], ids=lambda dataset: dataset.id)
def test_the_shipped_definitions_are_sound(dataset: TestedDataset):
    check(dataset).ended_with(DONE)


def test_gaps_are_listed(project: TestedDataset):
    variants = check(project, "--json").ended_with(DONE).json()["variants"]
    assert [gap["gap"] for gap in variants["frequency_segment"]["gaps"]] == ["38.."]
    assert [gap["gap"] for gap in variants["recency_segment"]["gaps"]] == ["0..29"], "no negative days, say the rules"


def test_with_data_each_gap_has_its_share(project: TestedDataset, first: Path, published: Warehouse):
    result = check(project, "--json", "--input", first).ended_with(DONE).json()
    unsegmented = published.do("versions", "--json").ended_with(DONE) and published.snapshot()["cells"]
    for variant, proof in result["variants"].items():
        cells = [cell for cell in unsegmented if cell["variant"] == variant and cell["segment"] is None]
        rows = sum(cell["null_rows"] + sum(count for _, count in cell["amounts"]) for cell in cells)
        assert sum(gap["rows"] for gap in proof["gaps"]) == rows > 0
        assert proof["gaps"][0]["share"] == pytest.approx(rows / result["rows"]["processed"], abs=0.01)


def test_three_mistakes_are_all_reported_with_their_places(project: TestedDataset, second: Path, tmp_path: Path):
    alter(
        project,
        ("format: parquet", "format: parket"),
        ("require: total_orders >= 0", "require: total_order >= 0"),
        ("group_by: country_code", "group_bye: country_code"),
    )
    lines = definition_of(project).read_text().splitlines()
    warehouse = Warehouse(tmp_path / "warehouse", project)
    for finished in (check(project), warehouse.run(second)):
        finished.ended_with(REFUSED).says("'parquet'", "'total_orders'", "'group_by'")
        for word in ("parket", "total_order >=", "group_bye"):
            number = next(i for i, line in enumerate(lines, start=1) if word in line)
            column = lines[number - 1].index(word) + 1
            assert f"voucher.yaml:{number}:{column}:" in finished.err, finished
    assert warehouse.current() is None


def test_overlapping_segments(project: TestedDataset, second: Path, tmp_path: Path):
    alter(project, ('label: "5-13", from: 5', 'label: "5-13", from: 4'))
    for finished in (check(project), Warehouse(tmp_path / "warehouse", project).run(second)):
        finished.ended_with(REFUSED).says("voucher.yaml:", "overlap", "0-4", "5-13")


def test_an_undeclared_gap(project: TestedDataset):
    alter(project, ('label: "5-13", from: 5', 'label: "5-13", from: 6'))
    check(project).ended_with(REFUSED).says("gap", "5")


def test_a_label_that_no_row_can_reach(project: TestedDataset):
    alter(project, ('segments: [{label: "0-4"', 'segments: [{label: "none", from: -9, to: -1}, {label: "0-4"'))
    check(project).ended_with(REFUSED).says("none")


def test_text_that_is_no_yaml(project: TestedDataset):
    definition_of(project).write_text("apiVersion: [voucher/v1\ndomain: customer\n")
    check(project).ended_with(REFUSED).says("voucher.yaml:")


def test_a_definition_at_another_place_than_it_says(project: TestedDataset):
    alter(project, ("dataset: voucher", "dataset: coupon"))
    check(project).ended_with(REFUSED).says("coupon")


def test_an_unknown_dataset_is_named_with_the_nearest(project: TestedDataset):
    finished = programs.voucher("check", "--project", project.project, "-D", "customer", "-d", "vouchr")
    assert finished.code in (REFUSED, USAGE), finished
    finished.says("vouchr", "voucher'")


def test_the_only_dataset_needs_no_flags(project: TestedDataset):
    programs.voucher("check", cwd=project.project / "domains").ended_with(DONE)


def test_two_datasets_need_flags(project: TestedDataset):
    text = definition_of(project).read_text().replace("dataset: voucher", "dataset: coupon")
    (project.project / "domains/customer/coupon.yaml").write_text(text)
    finished = programs.voucher("check", "--project", project.project)
    assert finished.code in (REFUSED, USAGE), finished
    finished.says("coupon", "voucher", "-d")
    programs.voucher("check", "--project", project.project, "-d", "coupon").ended_with(DONE)


def test_a_live_version_outlives_a_broken_definition(tmp_path: Path, project: TestedDataset, second: Path, serve):
    warehouse = Warehouse(tmp_path / "warehouse", project)
    warehouse.run(second).ended_with(DONE)
    server = serve(warehouse)
    alter(project, ("format: parquet", "format: parket"))
    warehouse.run(second).ended_with(REFUSED)
    assert server.decide().status == 200
    assert warehouse.live_version() == 1
