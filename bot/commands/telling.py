"""Notes to other chats about what happened here. A note says what an office did, by nobody's name."""

from collections.abc import Callable, Iterable, Sequence

from bot.commands.asked import Asked
from bot.message import Message
from bot.notes import tell
from store.agenda import Entry
from store.chats import chats_of, office_chats
from store.tables import AgencyRow


def by_office(office: AgencyRow) -> str:
    """ "Sở Nội vụ (cơ quan thường trực)"."""
    return f"{office.name} (cơ quan thường trực)"


async def tell_office(asked: Asked, office: AgencyRow, told: Message, *, key: str) -> bool:
    """Tell every chat of a standing office, this one too if it is one; False when none is within reach. `key` with the
    chat is unique for ever."""
    chats = await office_chats(asked.session, office.code)
    await tell(asked.session, [chat.id for chat in chats], told, key=key, wall=asked.wall)
    return bool(chats)


async def tell_agencies(
    asked: Asked, found: Iterable[Entry], word: Callable[[Sequence[Entry]], Message], *, key: str
) -> frozenset[str]:
    """Tell every other chat of the agencies that owe `found`, each chat once: `word` makes its note of those of its own
    agencies. Returns the agencies (codes) that have a chat within reach, this one too."""
    of_chat: dict[int, list[Entry]] = {}
    reached: set[str] = set()
    by_agency: dict[str, list[Entry]] = {}
    for entry in found:
        by_agency.setdefault(entry.agency, []).append(entry)
    for agency, of_agency in by_agency.items():
        for chat in await chats_of(asked.session, agency):
            reached.add(agency)
            if chat.id != asked.chat.id:
                of_chat.setdefault(chat.id, []).extend(of_agency)
    for chat_id, of_its_own in of_chat.items():
        await tell(asked.session, [chat_id], word(of_its_own), key=key, wall=asked.wall)
    return frozenset(reached)


async def tell_outcome(asked: Asked, request_id: int, entry: Entry, told: Message) -> str:
    """Tell the agency's chats what was decided about a request; returns what the decider should know of that."""
    reached = await tell_agencies(asked, [entry], lambda _: told, key=f"request:{request_id}:outcome")
    if reached:
        return f"Đã báo cho {entry.agency_name}."
    return f"{entry.agency_name} chưa có cuộc trò chuyện nào nhận được tin: anh/chị báo giúp cách khác."
