"""Flags, help, environment twins, and the commands that need no warehouse."""

import json
import re
from pathlib import Path

import pytest

import duckdb_shell
import oracle
import programs
from datasets import TARIFF, VOUCHER, TestedDataset, Warehouse
from programs import DONE, REFUSED, UNAVAILABLE, USAGE, voucher, voucher_etl

COMMANDS = [
    "init", "generate", "check", "setup", "transform", "load", "verify", "publish", "run", "plan", "versions", "rollback", "explain",
    "replay", "sql",
    "serve",
]  # fmt: skip
EVERYWHERE = ["--domain", "--dataset", "--project", "--warehouse", "--run-id", "--json", "--quiet"]


def test_help_lists_every_command():
    text = voucher("--help").ended_with(DONE).out
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\s", text, re.MULTILINE), command


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_the_flags_of_all(command: str):
    text = voucher(command, "--help").ended_with(DONE).out
    for flag in EVERYWHERE:
        assert flag in text, flag


def test_help_of_the_second_entry_point():
    text = voucher_etl("--help").ended_with(DONE).out
    for flag in ("-D", "--domain", "-d", "--dataset", "-r", "--raw-basepath", "-t", "--processed-basepath"):
        assert flag in text, flag


def test_version_is_one_line():
    assert re.fullmatch(r"\S*\s?\d+\.\d+\.\d+\n", voucher("--version").ended_with(DONE).out)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_flag_comes_before_a_missing_one(command: str):
    voucher(command, "--projct", "x").ended_with(USAGE).says("--projct", "--project")


def test_an_unknown_flag_of_the_second_entry_point():
    voucher_etl("--raw-basepat", "x").ended_with(USAGE).says("--raw-basepat", "--raw-basepath")


def test_an_unknown_command():
    voucher("pubish").ended_with(USAGE).says("pubish", "publish")


def test_no_command():
    finished = voucher().ended_with(USAGE)
    assert "run" in finished.out + finished.err


@pytest.mark.parametrize("arguments", [("generate", "--rows", "many"), ("serve", "--port", "http"), ("run", "--threads", "-1", "--input", "x")])
def test_a_value_that_is_none(arguments: tuple):
    finished = voucher(*arguments, *VOUCHER.flags).ended_with(USAGE)
    finished.says(arguments[1])


def test_a_surplus_word():
    voucher("check", "surplus", *VOUCHER.flags).ended_with(USAGE).says("surplus")


def test_environment_twins(tmp_path: Path, second: Path):
    twins = {
        "VOUCHER_DOMAIN": "customer",
        "VOUCHER_DATASET": "voucher",
        "VOUCHER_PROJECT": str(programs.ROOT),
        "VOUCHER_WAREHOUSE": f"duckdb:{tmp_path / 'warehouse'}",
        "VOUCHER_INPUT": str(second),
        "VOUCHER_RUN_ID": "from-the-environment",
        "VOUCHER_JSON": "true",
        "VOUCHER_QUIET": "1",
    }
    result = voucher("run", env=twins).ended_with(DONE).json()
    assert result["version"] == 1
    assert Warehouse(tmp_path / "warehouse").manifest()["run_id"] == "from-the-environment"


def test_a_flag_wins_over_its_twin(tmp_path: Path):
    out = tmp_path / "a.csv"
    voucher("generate", *VOUCHER.flags, "--rows", 5, "--out", out, env={"VOUCHER_ROWS": "9"}).ended_with(DONE)
    assert len(out.read_text().splitlines()) == 6
    voucher("generate", *VOUCHER.flags, "--out", out, env={"VOUCHER_ROWS": "9"}).ended_with(DONE)
    assert len(out.read_text().splitlines()) == 10


def test_project_file_holds_flag_defaults(project: TestedDataset, tmp_path: Path):
    (project.project / "voucher.yaml").write_text("rows: 7\n")
    out = tmp_path / "a.csv"
    voucher("generate", "--out", out, cwd=project.project).ended_with(DONE)
    assert len(out.read_text().splitlines()) == 8
    voucher("generate", "--rows", 3, "--out", out, cwd=project.project).ended_with(DONE)
    assert len(out.read_text().splitlines()) == 4


def test_an_unknown_key_of_the_project_file(project: TestedDataset):
    (project.project / "voucher.yaml").write_text("warehous: duckdb:x\n")
    voucher("check", cwd=project.project).ended_with(REFUSED).says("voucher.yaml:1:1", "warehous", "'warehouse'")


def test_a_password_is_never_shown(first: Path):
    finished = voucher("run", *VOUCHER.flags, "--warehouse", "postgresql://etl:s3cret@127.0.0.1:1/x", "--input", first)
    assert finished.code != DONE
    assert "s3cret" not in finished.out + finished.err, finished


def test_init_makes_a_project_that_works(tmp_path: Path):
    voucher("init", tmp_path / "shop").ended_with(DONE)
    project = tmp_path / "shop"
    assert (project / "voucher.yaml").exists()
    voucher("check", cwd=project).ended_with(DONE)
    voucher("generate", "--rows", 3000, "--out", "raw/a.parquet", cwd=project).ended_with(DONE)
    result = voucher("run", "--input", "raw", "--warehouse", "duckdb:warehouse", "--json", cwd=project).ended_with(DONE).json()
    assert result["rows"]["raw"] == 3000


def test_init_overwrites_nothing(project: TestedDataset):
    definition = project.project / "domains/customer/voucher.yaml"
    definition.write_text("mine")
    voucher("init", project.project).ended_with(REFUSED).says(str(project.project))
    assert definition.read_text() == "mine"


def test_without_a_project_the_installed_definitions_serve(tmp_path: Path):
    voucher("check", "-D", "customer", "-d", "voucher", cwd=tmp_path).ended_with(DONE)


def test_sql_shows_what_a_stage_runs():
    text = voucher("sql", *VOUCHER.flags, "--dialect", "duckdb").ended_with(DONE).out
    assert "SELECT" in text.upper() and "voucher_amount" in text
    other = voucher("sql", *TARIFF.flags, "--dialect", "duckdb").ended_with(DONE).out
    assert "balance_cents" in other and "voucher_amount" not in other


def test_sql_of_an_unknown_dialect():
    voucher("sql", *VOUCHER.flags, "--dialect", "cobol").ended_with(USAGE).says("cobol", "duckdb")


@pytest.mark.parametrize("extension", ["parquet", "csv", "ndjson"])
def test_generate_gives_the_same_bytes_for_a_seed(tmp_path: Path, extension: str):
    files = [tmp_path / f"{name}.{extension}" for name in "abc"]
    for file, seed in zip(files, (4, 4, 5), strict=True):
        VOUCHER.generate(file, 2000, seed)
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


def test_generate_reports_the_dirt_that_it_made(tmp_path: Path):
    out = tmp_path / "a.parquet"
    report = voucher("generate", *VOUCHER.flags, "--rows", 5000, "--out", out, "--json").ended_with(DONE).json()
    empty = duckdb_shell.query(f"SELECT count(*) AS n FROM '{out}' WHERE total_orders = ''")[0]["n"]
    assert report["rows"] == 5000
    assert 0 < empty <= report["dirt"]["missing total_orders"] < 1.05 * empty


def test_generate_needs_a_format_it_knows(tmp_path: Path):
    voucher("generate", *VOUCHER.flags, "--out", tmp_path / "a.xlsx").ended_with(USAGE).says("a.xlsx", ".parquet")


def test_generate_reports_all_mistakes_of_a_sample_file(project: TestedDataset, tmp_path: Path):
    sample = project.project / "domains/customer/voucher.sample.yaml"
    sample.write_text(sample.read_text().replace("stored: text", "stored: txt", 1).replace("kind: shifted", "kind: shfted", 1))
    finished = voucher("generate", *project.flags, "--out", tmp_path / "a.csv").ended_with(REFUSED)
    finished.says("voucher.sample.yaml:", "'text'", "'shifted'")
    assert not (tmp_path / "a.csv").exists()


def test_generate_without_a_sample_file(project: TestedDataset, tmp_path: Path):
    (project.project / "domains/customer/voucher.sample.yaml").unlink()
    voucher("generate", *project.flags, "--out", tmp_path / "a.csv").ended_with(UNAVAILABLE).says("voucher.sample.yaml")


def test_etl_reads_and_writes_the_classic_folders(tmp_path: Path, second: Path):
    raw = tmp_path / "raw/customer/voucher"
    raw.mkdir(parents=True)
    (raw / "a.parquet").write_bytes(second.read_bytes())
    arguments = ["-D", "customer", "-d", "voucher", "-r", tmp_path / "raw", "-t", tmp_path / "processed", "--project", programs.ROOT]
    voucher_etl(*arguments).ended_with(DONE)
    out = tmp_path / "processed/customer/voucher"
    (table,) = list(out.rglob("*.csv"))
    rows = duckdb_shell.query(f"SELECT * FROM read_csv('{table}', all_varchar = true)")
    expected = oracle.account(second)
    assert len(rows) == expected.processed
    assert list(rows[0]) == [
        "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount", "frequency_segment", "recency_segment",
    ]  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["rows"]["raw"] == expected.raw


def test_etl_takes_the_long_flags_too(tmp_path: Path, second: Path):
    raw = tmp_path / "raw/customer/voucher"
    raw.mkdir(parents=True)
    (raw / "a.parquet").write_bytes(second.read_bytes())
    arguments = ["--domain", "customer", "--dataset", "voucher", "--raw-basepath", tmp_path / "raw", "--processed-basepath", tmp_path / "out"]
    voucher_etl(*arguments, "--project", programs.ROOT).ended_with(DONE)
    assert list((tmp_path / "out/customer/voucher").rglob("*.csv"))


def test_etl_without_its_folder(tmp_path: Path):
    finished = voucher_etl("-D", "customer", "-d", "voucher", "-r", tmp_path, "-t", tmp_path / "out", "--project", programs.ROOT)
    finished.ended_with(UNAVAILABLE).says(str(tmp_path / "customer/voucher"))
