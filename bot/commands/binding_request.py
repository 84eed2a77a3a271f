"""A binding that waits for the standing office's yes: how it is asked for, and what a yes and a no do.

Who decides settles the request itself (its state, when and why); what follows from it for the chat that asked is here.
"""

from bot.codes import clean
from bot.commands.asked import Answer, Asked
from bot.commands.binding_words import bound_to, place_words
from bot.commands.handover import handed_over
from bot.commands.welcoming import welcome
from bot.message import Line, Message, block, bold, line, message, to_json
from bot.notes import tell
from bot.wording import runs
from store.changes import audit_event
from store.chats import office_chats
from store.invites import Bound, bind_by
from store.outbox import queue_note
from store.states import RequestKind, Role
from store.tables import AgencyRow, ChatRow, InviteRow, RequestRow

_REASON_LIMIT = 300


async def ask_office(asked: Asked, bound: Bound) -> Message:
    """Keep the request, tell the standing office's chats, and say so to who asked."""
    role, agency = bound.role or Role.OFFICER, bound.agency
    request = RequestRow(
        kind=RequestKind.BINDING,
        office=bound.office or "",
        chat_id=asked.chat.id,
        person=asked.person.id,
        person_name=asked.actor.name,
        details={
            "role": role.value,
            "agency": agency.code if agency else "",
            "invite": bound.invite_id,
            "what": bound_to(role, agency.name if agency else ""),
            "where": place_words(asked.chat.kind),
        },
        asked_at=asked.now,
    )
    asked.session.add(request)
    await asked.session.flush()
    await audit_event(
        asked.session,
        "ask_binding",
        actor=asked.actor,
        now=asked.now,
        subject=agency.code if agency else role.value,
        after={"request": request.id, "role": role.value, "agency": agency.code if agency else ""},
    )
    chats = [chat.id for chat in await office_chats(asked.session, request.office)]
    await tell(asked.session, chats, office_note(request), key=f"request:{request.id}", wall=asked.wall)
    return await awaits(asked, request)


async def awaits(asked: Asked, request: RequestRow) -> Message:
    """To the chat that asked: it has to wait."""
    office = await asked.session.get(AgencyRow, request.office)
    what = request.details["what"]
    return message(
        block(line("⏳ ", bold("Đã nhận mã, đang chờ đồng ý."))),
        f"{office.name if office else 'Cơ quan'} (cơ quan thường trực) cần đồng ý trước khi cuộc trò chuyện này kết nối"
        f" với {what}. Có kết quả, bot báo ngay tại đây.",
    )


def office_note(request: RequestRow) -> Message:
    """To the standing office: who asks to be bound as what, with a yes and a no."""
    return message(
        block(line("🔑 ", bold(f"Đề nghị kết nối với {request.details['what']}."))),
        block(*lines(request)[1:]),
        choices=[[runs("Đồng ý", f"/approve {request.id}"), runs("Không đồng ý", f"/refuse {request.id}")]],
    )


def lines(request: RequestRow) -> list[Line]:
    """The request in a list of what waits: as what, and who."""
    who = clean(request.person_name) or "không rõ tên"
    return [
        line("Kết nối với ", bold(str(request.details["what"]))),
        line(f"Người nhập mã mời: {who} ({request.details['where']})"),
    ]


async def accept(asked: Asked, request: RequestRow) -> Answer:
    """Bind the chat as its invite says, and welcome it there; the answer is the office's."""
    chat = await asked.session.get_one(ChatRow, request.chat_id)
    invite = await asked.session.get_one(InviteRow, request.details["invite"])
    what = request.details["what"]
    bound = await bind_by(asked.session, invite, chat, now=asked.now)
    await write_down_binding(asked, bound, chat_id=chat.id)
    if bound.replaced is not None:
        await handed_over(asked, bound.replaced, invite.id)
    await queue_note(
        asked.session,
        chat_id=chat.id,
        wall=asked.wall,
        body=to_json(await welcome(asked.session, chat, bound.role, bound.agency)),
        key=f"request:{request.id}:accepted",
    )
    return Answer(
        message=message(
            block(line("✅ ", bold(f"Đã đồng ý kết nối với {what}."))),
            "Nơi được kết nối đã được báo.",
        ),
        edits_tapped=True,
    )


async def refuse(asked: Asked, request: RequestRow, reason: str) -> Answer:
    """Nothing is bound; the chat that asked hears so, with the reason if there is one."""
    office = await asked.session.get(AgencyRow, request.office)
    name = office.name if office else "Cơ quan"
    what = request.details["what"]
    why = clean(reason, _REASON_LIMIT)
    await audit_event(
        asked.session,
        "refuse_binding",
        actor=asked.actor,
        now=asked.now,
        subject=request.details["agency"] or request.details["role"],
        after={"request": request.id, "reason": why},
    )
    await queue_note(
        asked.session,
        chat_id=request.chat_id,
        wall=asked.wall,
        body=to_json(
            message(
                f"{name} (cơ quan thường trực) chưa đồng ý kết nối cuộc trò chuyện này với {what}.",
                *([f"Lý do: {why}"] if why else []),
                f"Nếu có nhầm lẫn, anh/chị liên hệ {name} để được mời lại.",
            )
        ),
        key=f"request:{request.id}:refused",
    )
    return Answer(
        message=message(f"Đã trả lời không đồng ý kết nối với {what}. Nơi đề nghị đã được báo."),
        edits_tapped=True,
    )


async def write_down_binding(asked: Asked, bound: Bound, *, chat_id: int) -> None:
    """Who bound which chat as what; the chat is named where it is not the one in which that was done."""
    agency = bound.agency.code if bound.agency else ""
    role = bound.role.value if bound.role else ""
    elsewhere = {"chat": chat_id} if chat_id != asked.chat.id else {}
    await audit_event(
        asked.session,
        "bind",
        actor=asked.actor,
        now=asked.now,
        subject=agency or role,
        after={"role": role, "agency": agency, **elsewhere},
    )
