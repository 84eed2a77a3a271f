"""The table of rights, cell by cell, as the conversation itself lives by it."""

from enum import StrEnum

import pytest

from bot.admins import AdminsUnknown
from bot.commands.menu import Command
from bot.conversation import _COMMANDS, Conversation
from bot.options import Options
from bot.rights import ADMINS_ALWAYS, ALLOWED, OPEN_TO_ALL, READS, Verdict, admins_only, judge
from bot.wording import ADMINS_NEVER_KNOWN, ADMINS_ONLY, NOT_ITS_ROLE, OPERATOR_ONLY
from bot.zalo.entrance import zalo_entrance
from store.chats import find_chat
from store.states import ChatKind, Role
from tests.bot.office import ENTRANCES, TIMETABLE, Office, plain

AGENCIES = {Role.OFFICER: "STP", Role.STANDING_OFFICE: "SNV", Role.LEADER: "", Role.OPERATOR: ""}


class Where(StrEnum):
    """Where a person writes, and as what there."""

    PRIVATE = "in private"
    GROUP = "in a group where any member may"
    MEMBER = "as a member of a strict group"
    ADMIN = "as an admin of a strict group"
    ZALO = "in private on Zalo"
    ZALO_GROUP = "in a group on Zalo, which does not tell who its admins are"

    @property
    def channel(self) -> str:
        return "zalo" if self in (Where.ZALO, Where.ZALO_GROUP) else "telegram"

    @property
    def is_private(self) -> bool:
        return self in (Where.PRIVATE, Where.ZALO)


async def come_in(office: Office, role: Role | None, where: Where) -> None:
    """A chat that is bound so, and the person in it."""
    office.kind = ChatKind.PRIVATE if where.is_private else ChatKind.GROUP
    if where.channel == "zalo":
        office.channel = where.channel
        office.conversation = Conversation(
            entrances=ENTRANCES | {"zalo": zalo_entrance("Bot Nhắc Việc")},
            timetable=TIMETABLE,
            options=Options(),
        )
    if role is None:
        await office.say("/help")
    else:
        await office.bind(AGENCIES[role], role=role)
    async with office.database.write() as session:
        chat = await find_chat(session, channel=where.channel, address=office.chat)
        assert chat is not None
        if where is Where.ZALO_GROUP:
            return
        chat.admins_only = where in (Where.MEMBER, Where.ADMIN)
        chat.admins, chat.admins_at = ([office.person.id] if where is Where.ADMIN else []), office.now


async def answer_to(office: Office, command: Command) -> str:
    try:
        return plain(await office.say(f"/{command.value}"))
    except AdminsUnknown:
        # What the reception answers where there is nobody to ask (see test_groups).
        return plain(ADMINS_NEVER_KNOWN)


def refusals(role: Role | None) -> set[str]:
    roles = {NOT_ITS_ROLE, OPERATOR_ONLY} if role is not None else set()
    return {plain(refusal) for refusal in (*roles, ADMINS_ONLY, ADMINS_NEVER_KNOWN)}


def is_refusal(answer: str, role: Role | None, command: Command) -> bool:
    if command in OPEN_TO_ALL:
        return answer in refusals(None)
    if role is None:
        return answer.startswith("Cuộc trò chuyện này chưa kết nối với cơ quan nào.")
    return answer in refusals(role)


def may(role: Role | None, command: Command, where: Where) -> bool:
    """As the table in docs/rights.md reads."""
    if command not in OPEN_TO_ALL and (role is None or role not in ALLOWED[command]):
        return False
    match where:
        case Where.PRIVATE | Where.ADMIN | Where.ZALO:
            return True
        case Where.GROUP | Where.ZALO_GROUP:
            return command not in ADMINS_ALWAYS
        case Where.MEMBER:
            return command in READS


@pytest.mark.parametrize("where", Where)
@pytest.mark.parametrize("role", [*Role, None])
async def test_each_role_may_give_its_commands_and_no_others(
    office: Office, role: Role | None, where: Where
) -> None:
    await come_in(office, role, where)
    unbuilt = [command.value for command in Command if command not in _COMMANDS]

    wrong = []
    for command in Command:
        # Who may not is refused before a handler is looked for.
        if command in _COMMANDS or not may(role, command, where):
            answer = await answer_to(office, command)
            if is_refusal(answer, role, command) == may(role, command, where):
                wrong.append((command.value, answer))

    assert wrong == []
    if any(may(role, Command(name), where) for name in unbuilt):
        pytest.skip(f"no handler yet: {', '.join(unbuilt)}")


@pytest.mark.parametrize("where", Where)
async def test_a_tap_has_no_more_rights_than_words(office: Office, where: Where) -> None:
    await come_in(office, Role.OFFICER, where)

    for command in (Command.DONE, Command.LEAVE, Command.INVITE, Command.DUE):
        try:
            answer = plain((await office.touch(f"run:/{command.value}")).message)
        except AdminsUnknown:
            answer = plain(ADMINS_NEVER_KNOWN)

        refused = is_refusal(answer, Role.OFFICER, command)
        assert refused != may(Role.OFFICER, command, where)


async def test_with_two_roles_a_chat_may_what_either_may(office: Office) -> None:
    await office.bind_standing_office()

    for command in (Command.DONE, Command.INVITE):
        assert not is_refusal(await answer_to(office, command), Role.OFFICER, command)


def test_every_command_is_in_the_table() -> None:
    assert set(ALLOWED) == set(Command)
    assert all(ALLOWED.values())


@pytest.mark.parametrize("command", Command)
def test_only_what_changes_nothing_is_open_to_every_member_of_a_strict_group(command: Command) -> None:
    assert admins_only(command, group_is_strict=True) == (command not in READS)
    assert admins_only(command, group_is_strict=False) == (command in ADMINS_ALWAYS)


def test_a_chat_that_nobody_bound_may_only_find_out_how_to_get_in() -> None:
    allowed = {command for command in Command if judge(command, ()) is Verdict.YES}

    assert allowed == {Command.HELP, Command.START, Command.WHO}
