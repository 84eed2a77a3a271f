"""The commands: what they print, how they end, and what they say when something is not right."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from app.cli import app
from app.clock import wall_clock
from scheduler.refresh import PlanKeeper
from scheduler.scan import scan_if_owed
from store.chats import chat_for
from store.database import Database
from store.invites import InviteVerdict, accept_invite
from store.migrate import migrate
from store.states import ChatKind, Role
from store.tables import AssignmentRow, InviteRow, NoticeRow, OutboxRow, ScanRow
from tests.plan.small_plan import TASKS, edited, write_plan
from tests.worlds import TIMETABLE, at, bound_chat

pytestmark = pytest.mark.usefixtures("no_settings", "own_logs")

Run = Callable[..., Result]


@pytest.fixture
def run(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the small plan with a store in the test's folder."""
    monkeypatch.setenv("NHACVIEC_PLANS", str(write_plan(no_settings)))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{no_settings / 'store.db'}")

    def command(*args: str) -> Result:
        return CliRunner().invoke(app, args, catch_exceptions=False)

    return command


def as_json(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "run",
        "rehearse",
        "plan",
        "plan check",
        "plan show",
        "scan",
        "invite",
        "deadline",
        "backup",
        "restore",
        "drill",
        "report",
    ],
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(*command.split(), "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.stdout


# ---- deadline ----


@pytest.mark.parametrize(
    ("phrase", "kind", "dates", "needs_review"),
    [
        ("Hoàn thành trước ngày 01/4/2023", "dates", ["2023-03-31"], False),
        ("Quý II, III", "dates", ["2023-06-30", "2023-09-30"], False),
        ("Thường xuyên", "ongoing", [], False),
        ("Theo quy định Trung ương", "external", [], False),
        ("blah", "external", [], True),
    ],
)
def test_a_deadline_as_json(run: Run, phrase: str, kind: str, dates: list[str], needs_review: bool) -> None:
    found = as_json(run("deadline", phrase, "--year", "2023", "--json"))

    assert set(found) == {"kind", "dates", "needs_review", "reason"}
    assert (found["kind"], found["dates"], found["needs_review"]) == (kind, dates, needs_review)
    assert bool(found["reason"]) is needs_review


def test_a_deadline_for_people(run: Run) -> None:
    result = run("deadline", "Quý II, III", "--year", "2023")

    assert result.stdout.splitlines() == ["30/06/2023  quý II", "30/09/2023  quý III"]


# ---- plan check, plan show ----


def test_a_good_plan_is_counted_and_ends_well(run: Run, no_settings: Path) -> None:
    result = run("plan", "check")

    assert result.exit_code == 0
    assert "tasks.yaml: thu-2023: 2 tasks, 3 outputs, 1 reports, 7 assignments of 3 agencies" in result.stdout


def test_a_broken_plan_is_named_with_file_line_and_field(run: Run, no_settings: Path) -> None:
    write_plan(no_settings, tasks=edited(TASKS, "lead: [Sở Tư pháp]", "lead: [Sở Tư phạm]"))

    result = run("plan", "check")

    assert result.exit_code == 1
    assert "error tasks.yaml:20: tasks[0].lead" in result.stderr
    assert "tasks.yaml: 1 error, " in result.stderr


def test_all_files_are_looked_at_even_if_the_first_is_broken(run: Run, no_settings: Path) -> None:
    result = run("plan", "check", "nowhere.yaml", "tasks.yaml")

    assert result.exit_code == 1
    assert "nowhere.yaml: no such file" in result.stderr
    assert "tasks.yaml: thu-2023" in result.stdout


def test_the_plan_as_json(run: Run) -> None:
    shown = as_json(run("plan", "show", "--json"))

    assert len(shown) == 7
    assert shown[0] == {
        "plan": "thu-2023",
        "task": "1.1",
        "code": "1.1",
        "output": "Kế hoạch của UBND tỉnh",
        "agency": "STP",
        "agency_name": "Sở Tư pháp",
        "period": "quý I",
        "due": "2023-03-31",
        "remind_by": "2023-03-31",
        "late_after": "2023-03-31",
        "cutoff": None,
        "data_from": None,
        "kind": "dates",
    }


@pytest.mark.parametrize("agency", ["HKS", "hks"])
def test_the_plan_of_one_agency(run: Run, agency: str) -> None:
    shown = as_json(run("plan", "show", "--json", "--agency", agency))

    assert [(duty["code"], duty["due"]) for duty in shown] == [
        ("2.1a", "2023-01-31"),
        ("2.1b", "2023-12-31"),
    ]


def test_the_plan_of_an_agency_that_is_not_there(run: Run) -> None:
    result = run("plan", "show", "--agency", "HK")

    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["No agency has the code HK.", "Did you mean HKS?"]


def test_the_real_plan_is_shown_for_people(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NHACVIEC_PLANS")

    result = run("plan", "show", "--agency", "STP")

    assert result.exit_code == 0
    assert "STP Sở Tư pháp (cchc-2023)" in result.stdout
    assert result.stdout.splitlines()[-1] == "25 assignments"


# ---- scan ----


def lines_of(forecast: Any) -> list[tuple[str, str, str, str | None]]:
    return [
        (notice["agency"], notice["code"], notice["milestone"], notice["chat"])
        for notice in forecast["notices"]
    ]


def test_a_forecast_without_a_store_takes_earlier_milestones_as_told_and_leaves_nothing_behind(
    run: Run, no_settings: Path
) -> None:
    forecast = as_json(run("scan", "--on", "2023-03-14", "--dry-run", "--json"))

    assert (forecast["day"], forecast["working_day"]) == ("2023-03-14", True)
    assert lines_of(forecast) == [("SNV", "BC", "cutoff-0", None), ("STP", "BC", "cutoff-0", None)]
    assert forecast["notices"][0]["why"] == "the cutoff 2023-03-14"
    assert not (no_settings / "store.db").exists()


def test_a_forecast_of_a_day_off_is_empty(run: Run) -> None:
    forecast = as_json(run("scan", "--on", "2023-03-12", "--dry-run", "--json"))

    assert forecast == {"day": "2023-03-12", "working_day": False, "notices": []}


def test_a_forecast_for_people_says_who_has_no_chat(run: Run) -> None:
    result = run("scan", "--on", "2023-03-14", "--dry-run")

    assert "STP Sở Tư pháp: no chat bound yet" in result.stdout
    assert "2 notices; 0 chats; 2 agencies without a chat. Nothing was sent." in result.stdout


async def use_the_store(folder: Path) -> None:
    """Sở Tư pháp has a chat and was told of everything on Monday 13/3."""
    database = Database(f"sqlite:///{folder / 'store.db'}")
    await migrate(database)
    keeper = PlanKeeper(database, [folder / "tasks.yaml"], TIMETABLE)
    await keeper.start(now=at("2023-03-13"), wall=wall_clock())
    await bound_chat(database, "77", "STP")
    day = date(2023, 3, 13)
    await scan_if_owed(database, TIMETABLE, day=day, now=at("2023-03-13"), wall=wall_clock())
    await database.close()


async def rows(folder: Path) -> list[object]:
    database = Database(f"sqlite:///{folder / 'store.db'}")
    async with database.read() as session:
        counts = [
            await session.scalar(select(func.count()).select_from(table))
            for table in (NoticeRow, OutboxRow, ScanRow)
        ]
        looks = list(
            await session.scalars(select(AssignmentRow.next_milestone_on).order_by(AssignmentRow.id))
        )
    await database.close()
    return [*counts, *looks]


def test_a_forecast_on_a_store_in_use_says_which_chat_and_changes_nothing(
    run: Run, no_settings: Path
) -> None:
    asyncio.run(use_the_store(no_settings))
    before = asyncio.run(rows(no_settings))

    same_day = as_json(run("scan", "--on", "2023-03-13", "--dry-run", "--json"))
    next_day = as_json(run("scan", "--on", "2023-03-14", "--dry-run", "--json"))

    assert lines_of(same_day) == []
    assert lines_of(next_day) == [("SNV", "BC", "cutoff-0", None), ("STP", "BC", "cutoff-0", "77")]
    assert asyncio.run(rows(no_settings)) == before


def test_a_real_scan_takes_no_day_of_its_own(run: Run) -> None:
    result = run("scan", "--on", "2023-03-14")

    assert result.exit_code == 2
    assert "--dry-run" in result.stderr


def test_a_real_scan_says_what_it_queued(run: Run) -> None:
    result = run("scan")

    assert result.exit_code == 0
    assert result.stdout.startswith(("Queued ", "Nothing to queue: "))
    assert result.stderr == ""


# ---- invite ----


def test_an_invite_binds_a_chat(run: Run, no_settings: Path) -> None:
    result = run("invite", "stp")

    assert result.exit_code == 0
    assert result.stdout.startswith("Invite for Sở Tư pháp: ")
    [code] = set(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", result.stdout))
    assert asyncio.run(accepted(no_settings, code)) is InviteVerdict.BOUND
    assert result.stderr == ""


async def accepted(folder: Path, code: str) -> InviteVerdict:
    database = Database(f"sqlite:///{folder / 'store.db'}")
    async with database.write() as session:
        invite = await session.get_one(InviteRow, 1)
        assert code not in (invite.code_hash, code.replace("-", ""))
        assert invite.expires_at - invite.created_at == timedelta(days=7)
        chat = await chat_for(session, channel="telegram", address="1", kind=ChatKind.PRIVATE)
        bound = await accept_invite(session, code=code, chat=chat, person="9", now=wall_clock())
    await database.close()
    return bound.verdict


def test_an_invite_for_the_operator(run: Run) -> None:
    result = run("invite", "--operator")

    assert result.exit_code == 0
    assert result.stdout.startswith("Invite for the operator: ")


@pytest.mark.parametrize(
    ("args", "whom", "as_what"),
    [
        (["snv", "--standing-office"], "the standing office Sở Nội vụ", (Role.STANDING_OFFICE, "SNV")),
        (["--leader"], "a leader", (Role.LEADER, "")),
    ],
)
def test_an_invite_for_a_role(
    run: Run, no_settings: Path, args: list[str], whom: str, as_what: tuple[Role, str]
) -> None:
    result = run("invite", *args)

    assert result.stdout.startswith(f"Invite for {whom}: ")
    assert asyncio.run(invited_as(no_settings)) == as_what


async def invited_as(folder: Path) -> tuple[Role, str]:
    database = Database(f"sqlite:///{folder / 'store.db'}")
    async with database.read() as session:
        invite = await session.get_one(InviteRow, 1)
    await database.close()
    return invite.role, invite.agency


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "Name an agency, or --leader or --operator without one."),
        (["STP", "--operator"], "Name an agency, or --leader or --operator without one."),
        (["STP", "--leader"], "Name an agency, or --leader or --operator without one."),
        (["--leader", "--operator"], "Name an agency, or --leader or --operator without one."),
        (["--standing-office"], "Name the agency that is the standing office."),
        (["SNV", "--standing-office", "--leader"], "Name an agency, or --leader or --operator without one."),
        (
            ["STP", "--standing-office"],
            "STP is the standing office of no plan.\nThe plans' standing offices are: SNV",
        ),
        (["STQ"], "No agency has the code STQ.\nDid you mean STP?"),
        (["ZZZZZZ"], "No agency has the code ZZZZZZ.\nThe codes are: HKS, SNV, STP"),
    ],
)
def test_an_invite_for_nobody_in_particular(run: Run, args: list[str], words: str) -> None:
    result = run("invite", *args)

    assert result.exit_code == 2
    assert words in result.stderr
