from pathlib import Path

from sqlalchemy import select

from store.chats import chat_for
from store.contact import overseer_chats
from store.states import ChatKind, Role
from store.tables import BindingRow
from tests.worlds import at, empty_store


async def test_overseers_are_found_with_all_their_roles_while_they_are_bound_and_within_reach(
    tmp_path: Path,
) -> None:
    async with empty_store(tmp_path) as database:
        async with database.write() as session:
            for address, roles, suspended in (
                ("1", (Role.OFFICER,), None),
                ("2", (Role.OFFICER, Role.STANDING_OFFICE), None),
                ("3", (Role.LEADER,), None),
                ("4", (Role.LEADER,), "blocked"),
                ("5", (Role.OPERATOR,), None),
                ("6", (Role.LEADER,), None),
            ):
                chat = await chat_for(session, channel="telegram", address=address, kind=ChatKind.PRIVATE)
                chat.suspended = suspended
                for role in roles:
                    session.add(BindingRow(chat_id=chat.id, role=role, agency="", bound_at=at("2023-01-03")))
        async with database.write() as session:
            ended = await session.scalar(select(BindingRow).where(BindingRow.chat_id == 6))
            assert ended is not None
            ended.ended_at = at("2023-01-04")

        async with database.read() as session:
            found = await overseer_chats(session, "telegram")
            elsewhere = await overseer_chats(session, "zalo")

    assert found == {"2": {Role.OFFICER, Role.STANDING_OFFICE}, "3": {Role.LEADER}}
    assert elsewhere == {}
