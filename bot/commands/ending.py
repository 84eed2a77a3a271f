"""The end of bindings, whoever asks for it: what is written down, and who hears of it."""

from collections.abc import Collection, Sequence

from bot.commands.asked import Asked
from bot.commands.binding_words import held_words
from bot.message import Message, block, bold, line, message
from bot.notes import tell
from bot.wording import joined, runs
from store.bindings import Held, bindings_held, end_bindings, offices_left_without, offices_over
from store.changes import audit_event
from store.chats import agency_names, office_chats
from store.states import Role


async def end(asked: Asked, ids: Collection[int], *, why: str) -> list[Held]:
    """End bindings and write each one down; gives those that had not ended before."""
    ended = await end_bindings(asked.session, ids, now=asked.now)
    for held in ended:
        await write_down_end(asked, held, why=why)
    return ended


async def write_down_end(asked: Asked, held: Held, *, why: str) -> None:
    """`why` is the command that ended it."""
    await audit_event(
        asked.session,
        "unbind",
        actor=asked.actor,
        now=asked.now,
        subject=held.agency or held.role.value,
        after={"role": held.role.value, "agency": held.agency, "chat": held.chat_id, "by": why},
    )


async def last_office_stays(asked: Asked, ids: Collection[int]) -> Message | None:
    """Why these bindings cannot end: a standing office would have no chat left, and nobody could invite another one."""
    left = await offices_left_without(asked.session, ids)
    if not left:
        return None
    names = joined(await agency_names(asked.session, left))
    return message(
        f"Đây là kết nối cuối cùng của cơ quan thường trực ({names}), nên chưa ngắt được: sẽ không còn ai duyệt đề nghị"
        " và mời cơ quan khác.",
        block("Anh/chị kết nối nơi khác trước, rồi ngắt kết nối này:", line("/invite thường trực ", left[0])),
    )


async def without_chat(asked: Asked, ended: Sequence[Held]) -> list[Held]:
    """Of each agency that now has no chat left to hear its reminders, one of the bindings that ended."""
    codes = {held.agency: held for held in ended if held.role is Role.OFFICER}
    still = await bindings_held(asked.session, role=Role.OFFICER, agencies=set(codes))
    return [held for code, held in codes.items() if code not in {one.agency for one in still}]


async def tell_offices(asked: Asked, ended: Sequence[Held], *, key: str) -> None:
    """The standing offices hear of agencies that have no chat left, unless their own chat is the one that did it."""
    for held in await without_chat(asked, ended):
        for office in await offices_over(asked.session, held.agency):
            chats = [chat.id for chat in await office_chats(asked.session, office)]
            others = [chat_id for chat_id in chats if chat_id != asked.chat.id]
            of_held = f"{key}:none:{held.id}"
            await tell(asked.session, others, no_chat_left(held), key=of_held, wall=asked.wall)


def no_chat_left(held: Held) -> Message:
    return message(
        block(line("⚠️ ", bold(f"{held.agency_name} không còn nơi nhận tin."))),
        "Lời nhắc của cơ quan này chưa tới được ai cho đến khi có kết nối mới.",
        choices=[[runs(f"Tạo mã mời {held.agency}", f"/invite {held.agency}")]],
    )


async def tell_companions(asked: Asked, ended: Sequence[Held], *, key: str) -> None:
    """The other chats that are bound as the same hear that one is gone."""
    for held in ended:
        if held.role not in (Role.OFFICER, Role.STANDING_OFFICE):
            continue
        others = await bindings_held(asked.session, role=held.role, agencies=[held.agency])
        note = message(
            f"Một cuộc trò chuyện khác vừa ngừng kết nối với {held_words(held)}."
            " Cuộc trò chuyện này vẫn nhận tin như trước."
        )
        chats = {other.chat_id for other in others} - {asked.chat.id}
        await tell(asked.session, chats, note, key=f"{key}:other:{held.id}", wall=asked.wall)
