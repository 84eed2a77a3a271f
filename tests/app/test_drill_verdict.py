"""What breaks a drill's promise: each way in which chats and store can differ from what is owed, and its words."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.drill.conduct import Order
from app.drill.owed import Closed, Reminder
from app.drill.town import Seen
from app.drill.verdict import (
    WRITTEN_DOWN,
    Deaths,
    Failure,
    Held,
    Tally,
    Tapped,
    Verdict,
    marked_messages,
    tally_answers,
    tally_reminders,
    tally_taps,
    unfounded_failures,
    unfounded_marks,
)

DAY = date(2023, 3, 7)
STP, SNV = "-2001", "-2002"
LINE = Reminder(agency="STP", day=DAY, command="/done_1_1")


def seen(number: int, text: str, *, marked: bool = False, answers: int | None = None) -> Seen:
    return Seen(id=number, outgoing=True, day=DAY, text=text, marked=marked, answers=answers, buttons={})


def written(number: int, text: str) -> Seen:
    """What an officer wrote."""
    return replace(seen(number, text), outgoing=False)


def morning(number: int, *, marked: bool = False) -> Seen:
    return seen(number, "🔔 Việc đến hạn\n/done_1_1", marked=marked)


def held(message: int, claim: str = "a", chat: str = STP) -> Held:
    return Held(message=message, claim=claim, chat=chat)


def figures(tally: Tally) -> dict[str, int]:
    """What is not zero."""
    names = ("owed", "sent", "lost", "repeated", "marked", "failed")
    return {name: getattr(tally, name) for name in names if getattr(tally, name)}


@pytest.mark.parametrize(
    ("messages", "failed", "expected", "complaints"),
    [
        ([morning(1)], False, {"owed": 1, "sent": 1}, []),
        ([morning(1), morning(2, marked=True)], False, {"owed": 1, "sent": 1, "marked": 1}, []),
        ([morning(1, marked=True)], False, {"owed": 1, "sent": 1, "marked": 1}, []),
        ([], False, {"owed": 1, "lost": 1}, ["lost: STP 07/03 /done_1_1"]),
        ([], True, {"owed": 1, "failed": 1}, []),
        (
            [morning(1), morning(2)],
            False,
            {"owed": 1, "sent": 1, "repeated": 1},
            ["repeated: STP 07/03 /done_1_1: 2 times without the mark, 0 with it"],
        ),
        (
            [morning(1), morning(2, marked=True), morning(3, marked=True)],
            False,
            {"owed": 1, "sent": 1, "repeated": 1, "marked": 2},
            ["repeated: STP 07/03 /done_1_1: 1 times without the mark, 2 with it"],
        ),
    ],
)
def test_a_line_of_a_morning_is_owed_once_and_once_more_with_the_mark(
    messages: list[Seen], failed: bool, expected: dict[str, int], complaints: list[str]
) -> None:
    tally = tally_reminders([LINE], {"STP": messages}, frozenset({LINE} if failed else ()))

    assert figures(tally) == expected
    assert tally.complaints == complaints


def test_a_line_that_nobody_owed_is_a_repeat() -> None:
    assert figures(tally_reminders([], {"STP": [morning(1)]}, frozenset())) == {"repeated": 1}


def test_each_piece_of_an_answer_is_owed_once_and_an_answer_that_is_not_there_is_lost() -> None:
    whole = [written(1, "/due"), seen(2, "Phần 1", answers=1), seen(3, "Phần 2", answers=1)]
    twice = [written(4, "/help"), seen(5, "Trợ giúp", answers=4), seen(6, "Trợ giúp", answers=4)]
    never = [written(7, "/due all"), written(8, "/han")]

    tally = tally_answers({"STP": whole + twice, "SNV": never}, [], frozenset({("SNV", 8)}))

    assert figures(tally) == {"owed": 5, "sent": 3, "lost": 1, "repeated": 1, "failed": 1}
    assert tally.complaints == [
        "repeated: STP 07/03 the answer to /help: 2 times without the mark, 0 with it",
        "lost: SNV 07/03 the answer to /due all",
    ]


@pytest.mark.parametrize(
    ("shown", "times", "expected"),
    [
        (WRITTEN_DOWN, 1, {"owed": 1, "sent": 1}),
        ("Ghi nhận việc này?", 1, {"owed": 1, "lost": 1}),
        (WRITTEN_DOWN, 0, {"owed": 1, "lost": 1}),
        (WRITTEN_DOWN, 2, {"owed": 1, "sent": 1, "repeated": 1}),
    ],
)
def test_a_tap_is_answered_and_what_it_says_is_written_down_once(
    shown: str, times: int, expected: dict[str, int]
) -> None:
    closed = Closed(agency="STP", command="/done_1_1")
    tap = Tapped(closed=closed, day=DAY, question=seen(5, "Ghi nhận việc này?"))

    assert figures(tally_taps([tap], {"STP": [seen(5, shown)]}, {closed: times}, frozenset())) == expected


def test_marks_are_founded_on_deaths_with_the_message_in_hand_once_for_each() -> None:
    deaths = {held(7), held(7, claim="b"), held(8, chat=SNV)}

    assert unfounded_marks({STP: 2, SNV: 1}, [7, 8], deaths) == []
    assert unfounded_marks({STP: 0, SNV: 0}, [], deaths) == []


def test_a_marked_message_that_no_killed_bot_held_breaks_the_promise() -> None:
    assert unfounded_marks({STP: 1}, [9], {held(7)}) == [
        "marked without a death: message 9 of the outbox, which no killed bot held"
    ]


def test_more_marks_in_a_chat_than_deaths_with_its_messages_break_the_promise() -> None:
    elsewhere = {held(number, chat=SNV) for number in range(20)}

    assert unfounded_marks({STP: 2}, [7], {held(7), *elsewhere}) == [
        "marked without a death: 2 messages in the chat -2001, where killed bots held 1"
    ]


def test_only_the_bots_own_messages_bear_marks() -> None:
    messages = [seen(1, "x", marked=True), replace(written(2, "x"), marked=True), seen(3, "x")]

    assert marked_messages(messages) == 1


@pytest.mark.parametrize(
    ("failure", "complaints"),
    [
        (Failure(message=7, error="uncertain twice"), []),
        (Failure(message=7, error="uncertain twice: timeout"), []),
        (Failure(message=7, error="uncertain twice", is_morning=True, told=True), []),
        (Failure(message=9, error="refused: Bad Request: message is too long"), []),
        (
            Failure(message=8, error="uncertain twice"),
            ["failed without a reason: message 8 of the outbox (uncertain twice), held at 1 deaths"],
        ),
        (
            Failure(message=7, error="lost its use"),
            ["failed without a reason: message 7 of the outbox (lost its use), held at 2 deaths"],
        ),
        (
            Failure(message=7, error=""),
            [
                "failed without a reason: message 7 of the outbox (its row does not say why), held at 2 deaths",
            ],
        ),
        (
            Failure(message=7, error="uncertain twice", is_morning=True),
            ["failed and nobody was told: message 7 of the outbox (uncertain twice)"],
        ),
    ],
)
def test_a_message_fails_only_after_two_deaths_or_a_refusal_and_of_a_morning_the_operator_is_told(
    failure: Failure, complaints: list[str]
) -> None:
    deaths = {held(7), held(7, claim="b"), held(8)}

    assert unfounded_failures([failure], deaths) == complaints


KEPT = Verdict(
    reminders=Tally(owed=3, sent=2, failed=1),
    answers=Tally(owed=2, sent=2, marked=1),
    taps=Tally(owed=1, sent=1),
    deaths=Deaths(kills=10, delivering=4, in_flight=frozenset({held(7), held(7, claim="b"), held(8)})),
    days=1,
    parked=0,
    marked_messages=1,
    failures=[Failure(message=7, error="uncertain twice", is_morning=True, told=True)],
)
BREACHES = [
    replace(KEPT, reminders=Tally(owed=3, sent=2, lost=1, complaints=["lost: a line"])),
    replace(KEPT, answers=Tally(owed=2, sent=2, repeated=1, complaints=["repeated: an answer"])),
    replace(KEPT, unfounded=["marked without a death: a message"]),
    replace(KEPT, parked=1),
    replace(KEPT, deaths=replace(KEPT.deaths, own=1)),
]


def test_a_promise_with_founded_marks_and_failures_is_kept() -> None:
    assert KEPT.is_kept


@pytest.mark.parametrize("verdict", BREACHES)
def test_anything_else_breaks_it(verdict: Verdict) -> None:
    assert not verdict.is_kept


@pytest.fixture
def drilled(
    no_settings: Path, own_logs: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Verdict], Result]:
    """The command, for a drill that has come to this verdict and left its files."""
    monkeypatch.setattr(tempfile, "tempdir", str(no_settings))

    def command(verdict: Verdict) -> Result:
        async def drill(order: Order, *_: object) -> Verdict:
            (order.folder / "bot-1.log").touch()
            return verdict

        monkeypatch.setattr("app.drill_command.drill", drill)
        return CliRunner().invoke(app, ["drill"], env={"COLUMNS": "200"}, catch_exceptions=False)

    return command


def test_a_kept_promise_ends_with_0_says_what_failed_means_and_leaves_no_files(
    drilled: Callable[[Verdict], Result], no_settings: Path
) -> None:
    result = drilled(KEPT)

    assert result.exit_code == 0, result.output
    assert "Failed messages: 1, 0 of them refused by the sandbox. Of the others two deaths" in result.output
    assert "the operator's chat told of morning messages. Marked or failed otherwise: 0." in result.output
    assert "The promise was kept." in result.output
    assert not list(no_settings.glob("nhacviec-drill-*"))


@pytest.mark.parametrize("verdict", BREACHES)
def test_a_broken_promise_ends_with_1_names_each_breach_and_keeps_the_files(
    drilled: Callable[[Verdict], Result], no_settings: Path, verdict: Verdict
) -> None:
    result = drilled(verdict)

    [folder] = no_settings.glob("nhacviec-drill-*")
    assert result.exit_code == 1, result.output
    assert "The promise was broken." in result.output
    assert all(complaint in result.output for complaint in verdict.complaints)
    assert f"The bots' words and their store are in {folder}." in result.output
    assert (folder / "bot-1.log").exists()
