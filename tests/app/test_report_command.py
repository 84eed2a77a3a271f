"""`nhacviec report`: what it writes, and what it says when something is not right."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from app import report_command
from app.cli import app
from app.errors import SettingError
from plan.load import load_plan
from plan.vietnam import instant_of
from store.agenda import entries
from store.changes import Actor, mark_done
from store.chats import chat_for
from store.database import Database
from store.migrate import migrate
from store.report_source import ReportingPeriod
from store.states import ChatKind
from store.sync import sync_plan
from tests.plan.small_plan import TASKS, edited, write_plan
from tests.worlds import TIMETABLE, at

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("no_settings", "own_logs")

Run = Callable[..., Result]


async def take_in(url: str, path: Path) -> None:
    """On 7 March the bot takes the plan over."""
    database = Database(url)
    try:
        await migrate(database)
        async with database.write() as session:
            plan, _ = load_plan(path)
            await sync_plan(session, plan, TIMETABLE, now=at("2023-03-07"), today=date(2023, 3, 7))
    finally:
        await database.close()


# A report on the day of the cutoff, and a plan after it.
OF_STP = {("BC", "q1"): "2023-03-14", ("1.1", ""): "2023-03-20"}


async def hand_in(url: str, agency: str, days: dict[tuple[str, str], str]) -> None:
    """That agency hands these in (code and slot) on those days; nobody else does anything."""
    database = Database(url)
    try:
        async with database.write() as session:
            chat = await chat_for(session, channel="telegram", address="1", kind=ChatKind.PRIVATE)
            actor = Actor(person="7", name="Minh", chat_id=chat.id)
            for entry in await entries(session, agencies=[agency]):
                day = days.get((entry.code, entry.slot))
                if day is not None:
                    number = f"9/{entry.code}"
                    await mark_done(
                        session, assignment_id=entry.id, document=number, note=None, actor=actor, now=at(day)
                    )
    finally:
        await database.close()


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What day it is to the command."""

    def is_day(day: str) -> None:
        now = instant_of(date.fromisoformat(day), time(12))
        monkeypatch.setattr(report_command, "wall_clock", lambda: now)

    return is_day


@pytest.fixture
def run(no_settings: Path, monkeypatch: pytest.MonkeyPatch, today: Callable[[str], None]) -> Run:
    """Runs the command on 1 June in a folder where the small plan is known."""
    path = write_plan(no_settings)
    url = f"sqlite:///{no_settings / 'store.db'}"
    monkeypatch.setenv("NHACVIEC_PLANS", str(path))
    monkeypatch.setenv("DATABASE_URL", url)
    asyncio.run(take_in(url, path))
    asyncio.run(hand_in(url, "STP", OF_STP))
    today("2023-06-01")

    def command(*args: str) -> Result:
        return CliRunner().invoke(app, ["report", *args], catch_exceptions=False)

    return command


def test_a_report_is_as_of_the_cutoff_whenever_it_is_written(run: Run, today: Callable[[str], None]) -> None:
    first = run("--period", "Q1", "--out", "q1.docx")
    today("2023-12-29")
    again = run("--period", "quý I", "--out", "later/q1.docx")

    said = ["\n".join(p.text for p in Document(name).paragraphs) for name in ("q1.docx", "later/q1.docx")]
    assert first.exit_code == again.exit_code == 0
    assert (
        "q1.docx: Quý I/2023 as of the end of 14/03/2023: 1 of 7 with a due day are complete" in first.stdout
    )
    assert said[0] == said[1]
    assert "Sở Tư pháp (số 9/BC; ngày 14/03/2023) đã hoàn thành." in said[0]


def test_another_day_counts_what_was_known_by_its_end(run: Run) -> None:
    run("--period", "Q1", "--as-of", "2023-03-20", "--out", "q1.xlsx")

    overview = load_workbook("q1.xlsx")["Tổng quan"]
    assert [row[1] for row in overview.iter_rows(values_only=True) if row[0] == "Đã hoàn thành"] == [2]


def test_a_period_whose_cutoff_lies_ahead_is_provisional(run: Run) -> None:
    result = run("--period", "q3", "--out", "q3.docx")

    assert "as of the end of 01/06/2023" in result.stdout
    assert "Provisional:" in result.stdout
    assert "Số liệu tạm tính đến ngày 01 tháng 6 năm 2023" in "\n".join(
        paragraph.text for paragraph in Document("q3.docx").paragraphs
    )


def test_letters_are_written_to_who_is_late_but_not_to_the_standing_office(run: Run) -> None:
    result = run("--letters", "--as-of", "2023-03-20", "--out", "letters")

    assert sorted(file.name for file in Path("letters").iterdir()) == ["don-doc-HKS-20230320.docx"]
    assert "Sở Nội vụ, 1 late: it writes the letters, so it gets none." in result.stdout
    assert "UBND huyện Kế Sách, 1 late" in result.stdout


def test_no_letter_is_written_when_nobody_is_late(run: Run, no_settings: Path) -> None:
    url = f"sqlite:///{no_settings / 'store.db'}"
    asyncio.run(hand_in(url, "HKS", {("2.1a", ""): "2023-03-08"}))

    result = run("--letters", "--as-of", "2023-03-08", "--out", "letters")

    assert "Nobody was late" in result.stdout
    assert not Path("letters").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("--period Q2 --out x.docx", "Its periods are: Q1 (Quý I/2023); Q3 (Quý III/2023)"),
        ("--period Q1 --out x.pdf", "a report is a .docx or a .xlsx"),
        ("--out x.docx", "Say which period"),
        ("--letters --period Q1 --out x", "--period goes with the report"),
        ("--period Q1 --as-of 2024-01-01 --out x.docx", "--as-of 2024-01-01 lies ahead."),
        ("--letters --as-of 2024-01-01 --out x", "--as-of 2024-01-01 lies ahead."),
        ("--period Q1 --as-of 2023-03-01 --out x.docx", "had no assignments on 01/03/2023"),
        ("--period Q1 --plan khac --out x.docx", "No plan in force has the key khac."),
        ("--period Q1 --out store.db/x.docx", "Name a place in which this user may write."),
    ],
)
def test_what_is_not_right_is_said_with_what_to_do(run: Run, args: str, said: str) -> None:
    result = run(*args.split())

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert not Path("x.docx").exists()


def test_of_several_plans_one_has_to_be_named(run: Run, no_settings: Path) -> None:
    other = no_settings / "other"
    other.mkdir()
    second = write_plan(other, tasks=edited(TASKS, "key: thu-2023", "key: hai-2023"))
    asyncio.run(take_in(f"sqlite:///{no_settings / 'store.db'}", second))

    unnamed = run("--period", "Q1", "--out", "q1.docx")
    named = run("--period", "Q1", "--plan", "hai-2023", "--out", "q1.docx")

    assert "say which one with --plan. They are: hai-2023, thu-2023" in " ".join(unnamed.stderr.split())
    assert "0 of 7 with a due day" in named.stdout


def test_without_a_plan_it_says_what_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///empty.db")

    assert "The database has no plan yet." in run("--period", "Q1", "--out", "q1.docx").stderr


def test_a_plan_without_reports_has_no_periods() -> None:
    with pytest.raises(SettingError, match="asks for no reports"):
        report_command.chosen_period("Q1", [])


@pytest.mark.parametrize("typed", ["nam", "NAM", "cả năm", "năm"])
def test_a_period_is_found_by_its_key_or_as_people_say_it(typed: str) -> None:
    day = date(2023, 12, 14)
    period = ReportingPeriod(
        key="nam", name="năm 2023", data_from=date(2022, 12, 15), cutoff=day, due=day, late_after=day
    )

    assert report_command.chosen_period(typed, [period]) is period


def test_other_commands_and_the_bot_do_not_wait_for_what_writes_files() -> None:
    loaded = "import app.cli, sys; print(sorted({'docx', 'openpyxl'} & sys.modules.keys()))"

    found = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert found.stdout == "[]\n"
