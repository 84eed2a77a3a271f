"""Photos and files: sent with a /done, or in reply to it or to what the bot answered."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.codes import clean, shorten
from bot.commands.asked import Answer, Asked
from bot.commands.menu import Command
from bot.commands.proposing import refusal
from bot.message import Line, Message, line, message
from bot.request import File
from bot.wording import EXPIRED_CHOICE
from store.agenda import Entry, entries
from store.evidence import MOST_FILES, Keeping, keep_file
from store.proposals import changed_by, proposal_at, proposal_of, proposal_of_album
from store.states import ChatKind
from store.tables import ProposalRow

# What the Bot API lets a bot download (https://core.telegram.org/bots/api#getfile).
MOST_BYTES = 20 * 1024 * 1024
_KINDS = ("pdf", "doc", "docx", "xls", "xlsx", "odt", "ods", "jpg", "jpeg", "png", "heic")
_NAMED_KINDS = ", ".join(kind for kind in _KINDS if kind != "jpeg")
_NAME_LIMIT = 100
_SHOWN_NAME_LIMIT = 40
_MOST_SHOWN = 3
# Ids of proposals among the actions of buttons: "yes:12", "pick:12:0", "undo:12".
_PROPOSAL = re.compile(r"(?:yes|no|undo|pick):([0-9]{1,9})(?::[0-9]+)?")
# Of a change of these kinds a file is a proof.
_PROVEN = frozenset({Command.DONE.value, Command.WAIVE.value, Command.PROGRESS.value})
_HOW = "gửi tệp kèm dòng chữ /done 2.6a, hoặc trả lời (Reply) vào tin của bot về việc đó"
NO_PLACE = message(f"Bot chưa biết tệp này kèm việc nào. Anh/chị {_HOW} giúp.")
NOT_KEPT_HERE = f"Tệp gửi kèm lệnh này chưa được lưu. Muốn lưu, anh/chị {_HOW} giúp."
_NOT_DONE = message(
    "Việc này chưa được ghi nhận, hoặc đã hoàn tác, nên chưa lưu tệp. Anh/chị gửi lại /done kèm tệp giúp."
)


def refused_files(files: Sequence[File]) -> Message | None:
    """Why one of these files cannot be kept, and what can; None when all can."""
    for file in files:
        name = _name(file)
        if name.rpartition(".")[2].casefold() not in _KINDS or "." not in name:
            return message(
                f"Không nhận được tệp “{shorten(name, _SHOWN_NAME_LIMIT)}”. Nhận ảnh và các tệp {_NAMED_KINDS}. Chưa ghi gì."
            )
        if file.size is not None and file.size > MOST_BYTES:
            return message(
                f"Tệp “{shorten(name, _SHOWN_NAME_LIMIT)}” lớn quá: mỗi tệp nhiều nhất 20 MB. "
                "Anh/chị giảm dung lượng hoặc tách tệp rồi gửi lại giúp. Chưa ghi gì."
            )
    return None


def file_details(asked: Asked) -> dict[str, Any]:
    """The files of a command as its proposal keeps them until the yes; nothing when there are none."""
    if not asked.files:
        return {}
    return {"files": [_plain(file) for file in asked.files], "album": asked.album}


def file_lines(details: Mapping[str, Any]) -> list[Line]:
    """ "📎 2 tệp: ảnh_5.jpg; ke-hoach.pdf"."""
    files = _kept_in(details)
    return [line(f"📎 {len(files)} tệp: {_names(files)}")] if files else []


async def attach(asked: Asked, found: Sequence[Entry], details: Mapping[str, Any]) -> str | None:
    """Keep the files of these details with every one of these assignments; what did not fit is told, else None."""
    full = await _attach(asked, found, _kept_in(details))
    return _full(full) if full else None


async def add_to(asked: Asked, found: Sequence[Entry]) -> str:
    """Keep the files that just came with these assignments and say so."""
    full = await _attach(asked, found, asked.files)
    kept = [entry.code for entry in found if entry.code not in full]
    said = [f"Đã lưu {len(asked.files)} tệp kèm {', '.join(kept)}: {_names(asked.files)}"] if kept else []
    return ". ".join([*said, *([_full(full)] if full else [])])


async def receive(asked: Asked) -> Answer | None:
    """Files without a command: they belong to what they reply to, or to the first of their album. In a group, files that
    answer nothing of ours are none of our business."""
    proposal = await _replied_to(asked)
    if proposal is None or proposal.action not in _PROVEN:
        return Answer(message=NO_PLACE) if asked.chat.kind is ChatKind.PRIVATE else None
    refused = refused_files(asked.files)
    if refused is not None:
        return Answer(message=refused)
    if proposal.settled_at is None:
        return await _keep_until_yes(asked, proposal)
    found = await entries(asked.session, ids=await changed_by(asked.session, proposal))
    if not found:
        return Answer(message=_NOT_DONE)
    foreign = await refusal(asked, found)
    return Answer(message=foreign or message(f"📎 {await add_to(asked, found)}"))


async def _replied_to(asked: Asked) -> ProposalRow | None:
    session, chat = asked.session, asked.chat.id
    named = next(filter(None, (_PROPOSAL.fullmatch(action) for action in asked.replied_choices)), None)
    if named is not None:
        found = await proposal_of(session, proposal_id=int(named[1]), chat_id=chat)
        if found is not None:
            return found
    if asked.replied_to is not None:
        found = await proposal_at(session, chat_id=chat, message_id=asked.replied_to)
        if found is not None:
            return found
    return await proposal_of_album(session, chat_id=chat, album=asked.album) if asked.album else None


async def _keep_until_yes(asked: Asked, proposal: ProposalRow) -> Answer | None:
    if proposal.action != Command.DONE.value:
        return Answer(message=_NOT_DONE)
    if proposal.expires_at <= asked.now:
        return Answer(message=EXPIRED_CHOICE)
    kept = list(proposal.details.get("files", []))
    if len(kept) + len(asked.files) > MOST_FILES:
        return Answer(message=message(f"Mỗi việc lưu nhiều nhất {MOST_FILES} tệp, nên chưa lưu tệp này."))
    # A new value: a change inside the old one would go unnoticed by the store.
    proposal.details = {**proposal.details, "files": [*kept, *(_plain(file) for file in asked.files)]}
    await asked.session.flush()
    if asked.album and proposal.details.get("album") == asked.album:
        return None
    return Answer(
        message=message(
            f"📎 Đã nhận {len(asked.files)} tệp: {_names(asked.files)}. Chọn “Xác nhận” để lưu kèm việc."
        )
    )


async def _attach(asked: Asked, found: Sequence[Entry], files: Sequence[File]) -> list[str]:
    """The codes of the assignments that have no room for all of them."""
    full = []
    for entry in found:
        outcomes = [
            await keep_file(
                asked.session,
                assignment_id=entry.id,
                channel=asked.chat.channel,
                file_id=file.id,
                name=_name(file),
                size=file.size,
                actor=asked.actor,
                now=asked.now,
            )
            for file in files
        ]
        full += [entry.code] if Keeping.FULL in outcomes else []
    return full


def _full(codes: Sequence[str]) -> str:
    return f"{', '.join(codes)} đã đủ {MOST_FILES} tệp, không lưu thêm được"


def _name(file: File) -> str:
    name = clean(file.name)
    head, dot, ending = name.rpartition(".")
    return f"{head[: _NAME_LIMIT - 10]}{dot}{ending[:10]}" if len(name) > _NAME_LIMIT else name


def _names(files: Sequence[File]) -> str:
    more = f"; và {len(files) - _MOST_SHOWN} tệp khác" if len(files) > _MOST_SHOWN else ""
    return "; ".join(shorten(_name(file), _SHOWN_NAME_LIMIT) for file in files[:_MOST_SHOWN]) + more


def _plain(file: File) -> dict[str, Any]:
    return {"id": file.id, "name": _name(file), "size": file.size}


def _kept_in(details: Mapping[str, Any]) -> list[File]:
    return [File(**kept) for kept in details.get("files", [])]
