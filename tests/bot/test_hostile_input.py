"""Whatever anybody types, sends or taps: nothing breaks, nothing is sent that a channel refuses, nobody changes what is not
theirs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.commands.menu import COMMANDS
from bot.conversation import Conversation
from bot.message import Message, from_json, to_json
from bot.options import Options
from bot.rights import READS, Verdict, judge
from bot.telegram.render import keyboard, split, to_html
from store.states import Role
from store.tables import AssignmentRow, BindingRow, OutboxRow
from tests.bot.office import ENTRANCES, TIMETABLE, Office, open_office, plain

# Chats by what they are bound as; the last two hold proposals, which the others try to answer.
CHATS: dict[str, tuple[tuple[str, Role], ...]] = {
    "1": (),
    "2": (("", Role.LEADER),),
    "3": (("", Role.OPERATOR),),
    "4": (("STP", Role.OFFICER),),
    "5": (("VPUB", Role.OFFICER),),
    "6": (("SNV", Role.OFFICER), ("SNV", Role.STANDING_OFFICE)),
}
WORDS = st.sampled_from([
    "2.6a", "2.6", "2.6b", "7.2a", "2.1b", "1.1a", "6.5", "bc", "BCLV", "9.9", "quý", "I", "q1", "q3", "tháng", "3",
    "15/KH-UBND", "ngày", "20/02/2023", "31/9/2023", "30/6", "29/2", "0/0", "60%", "999%", "-1", "100", "3 ngày", "12", "1",
    "STP", "SNV,VPUB", "Sở Tư pháp", "tất cả", "lãnh đạo", "thường trực", "admins", "all", "tỉnh", "vì", "chờ văn bản", "bỏ",
    "<b>đậm</b>", "&amp;", "</i", "\u202e", "\u200b\u200d", "😀" * 30, "\u0301" * 20, "a" * 4096, "99999999999999999999",
    "٣", "²", "ﬁ", "İ", "@other_bot", "@nhacviec_bot", "{}", "%s", "'; DROP TABLE chats; --", "\x00", "\n", "mới", "tắt",
])  # fmt: skip
TYPED = st.one_of(
    st.builds(
        lambda slash, command, words: f"{slash}{command} {' '.join(words)}",
        st.sampled_from(["/", ""]),
        st.sampled_from(sorted(COMMANDS)),
        st.lists(WORDS, max_size=5),
    ),
    st.lists(WORDS, max_size=6).map(" ".join),
    st.text(max_size=200),
)
TAPPED = st.one_of(
    st.builds(
        "{}:{}".format,
        st.sampled_from(["yes", "no", "undo", "pick:1", "pick", "plan:yes"]),
        st.integers(0, 6),
    ),
    TYPED.map(lambda text: f"run:{text}"),
    st.builds("page:{}:{}".format, st.integers(0, 10**6), TYPED),
    st.text(max_size=64),
)


@dataclass(frozen=True, kw_only=True)
class Try:
    """One thing that somebody in one of the chats does."""

    chat: str
    text: str
    tap: bool


def tries(chats: Sequence[str]) -> st.SearchStrategy[list[Try]]:
    one = st.one_of(
        st.builds(Try, chat=st.sampled_from(chats), text=TYPED, tap=st.just(False)),
        st.builds(Try, chat=st.sampled_from(chats), text=TAPPED, tap=st.just(True)),
    )
    return st.lists(one, min_size=1, max_size=6)


class WellFormed(HTMLParser):
    """Counts what is open: Telegram refuses a message whose tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in {"b", "i", "code"}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(message: Message) -> None:
    """A channel takes it, and a person sees something."""
    assert plain(message).strip()
    assert from_json(to_json(message)) == message
    for piece in split(message):
        parser = WellFormed()
        parser.feed(to_html(piece))
        assert parser.open == []
        assert 0 < len(plain(piece).encode("utf-16-le")) // 2 <= 4096 + 100 * 70
        buttons = keyboard(piece)
        for row in buttons.inline_keyboard if buttons else ():
            for button in row:
                assert 0 < len(str(button.callback_data).encode()) <= 64
                assert 0 < len(button.text) <= 64


async def settle(office: Office) -> None:
    options = Options(public_url="https://nhacviec.example.vn")
    office.conversation = Conversation(entrances=ENTRANCES, timetable=TIMETABLE, options=options)
    for chat, bindings in CHATS.items():
        office.chat = chat
        for agency, role in bindings:
            await office.bind(agency, role=role)


async def put(office: Office, one: Try) -> None:
    office.chat = one.chat
    if one.tap:
        check((await office.touch(one.text)).message)
    else:
        answer = await office.hear(one.text)
        if answer is not None:
            check(answer.message)


async def check_what_leaves(office: Office) -> None:
    async with office.database.read() as session:
        bodies = await session.scalars(select(OutboxRow.body).where(OutboxRow.body.is_not(None)))
        for body in bodies:
            if "blocks" in body:
                check(from_json(body))


async def state_of(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """What people can change, by agency."""
    async with office.database.read() as session:
        rows = await session.scalars(select(AssignmentRow).order_by(AssignmentRow.id))
        found: dict[str, list[tuple[Any, ...]]] = {}
        for row in rows:
            values = (
                row.id,
                row.state,
                row.due,
                row.document,
                row.note,
                row.progress,
                row.snoozed_until,
                row.retired,
            )
            found.setdefault(row.agency, []).append(values)
        bindings = await session.scalars(select(BindingRow).order_by(BindingRow.id))
        found["bindings"] = [(row.chat_id, row.role, row.agency, row.ended_at) for row in bindings]
        return found


async def beside_a_proposal(
    office: Office, inputs: Sequence[Try]
) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, list[tuple[Any, ...]]]]:
    """The state before and after these, while a proposal of VPUB's chat waits for its yes."""
    await settle(office)
    office.chat = "5"
    await office.say("/done 2.6a 15/KH-UBND")
    before = await state_of(office)
    for one in inputs:
        await put(office, one)
    return before, await state_of(office)


@settings(max_examples=60, deadline=None)
@given(tries(list(CHATS)))
def test_nothing_that_anybody_types_or_taps_breaks_the_conversation(inputs: list[Try]) -> None:
    async def run() -> None:
        async with open_office() as office:
            await settle(office)
            for one in inputs:
                await put(office, one)
            await check_what_leaves(office)

    asyncio.run(run())


@settings(max_examples=40, deadline=None)
@given(tries(["1", "2", "3"]))
def test_strangers_leaders_and_operators_change_nothing(inputs: list[Try]) -> None:
    async def run() -> None:
        async with open_office() as office:
            before, after = await beside_a_proposal(office, inputs)
            # They may leave: that is their own chat.
            assert {key: rows for key, rows in after.items() if key != "bindings"} == {
                key: rows for key, rows in before.items() if key != "bindings"
            }
            assert [row[:3] for row in after["bindings"]] == [row[:3] for row in before["bindings"]]

    asyncio.run(run())


@settings(max_examples=40, deadline=None)
@given(tries(["4"]))
def test_an_officer_changes_nothing_of_another_agency(inputs: list[Try]) -> None:
    async def run() -> None:
        async with open_office() as office:
            before, after = await beside_a_proposal(office, inputs)
            # A part that is asked of another agency is a row of its own beside these.
            for agency in ("VPUB", "SNV", "STTTT"):
                assert after[agency][: len(before[agency])] == before[agency]

    asyncio.run(run())


def test_every_role_has_something_to_read_and_only_some_to_change() -> None:
    readers = {role for role in Role if any(judge(command, {role}) is Verdict.YES for command in READS)}

    assert readers == set(Role)
