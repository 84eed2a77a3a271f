"""Photos and files that go with an assignment: which are taken, how they are kept, and what is said of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.codes import clean, shorten
from bot.commands.asked import Asked
from bot.message import Line, Message, line, message
from bot.request import File
from store.agenda import Entry
from store.evidence import MOST_FILES, Keeping, keep_file

# What the Bot API lets a bot download (https://core.telegram.org/bots/api#getfile).
MOST_BYTES = 20 * 1024 * 1024
_KINDS = ("pdf", "doc", "docx", "xls", "xlsx", "odt", "ods", "jpg", "jpeg", "png", "heic")
_NAMED_KINDS = ", ".join(kind for kind in _KINDS if kind != "jpeg")
_NAME_LIMIT = 100
_SHOWN_NAME_LIMIT = 40
_MOST_SHOWN = 3
NO_PLACE = message(
    "Bot chưa biết tệp này kèm việc nào. Anh/chị báo xong trong ít phút tới thì bot hỏi kèm tệp này luôn, ví dụ: xong 2.6a;"
    " hoặc gửi tệp ngay sau khi báo xong."
)
NOT_KEPT_HERE = "Tệp gửi kèm lệnh này chưa được lưu. Muốn lưu, anh/chị gửi tệp ngay sau khi báo xong giúp."


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
    return {"files": plain_files(asked.files), "album": asked.album}


def file_lines(details: Mapping[str, Any]) -> list[Line]:
    """ "📎 2 tệp: ảnh_5.jpg; ke-hoach.pdf"; of those that had come before they were asked for, it is said."""
    files = files_in(details)
    if not files:
        return []
    many = f"Kèm {len(files)} tệp vừa gửi" if details.get("sent_before") else f"{len(files)} tệp"
    return [line(f"📎 {many}: {names_of(files)}")]


async def attach(asked: Asked, found: Sequence[Entry], details: Mapping[str, Any]) -> str | None:
    """Keep the files of these details with every one of these assignments; what did not fit is told, else None."""
    full = await _attach(asked, found, files_in(details))
    return _full(full) if full else None


async def add_to(asked: Asked, found: Sequence[Entry], files: Sequence[File]) -> str:
    """Keep these files with these assignments and say so."""
    full = await _attach(asked, found, files)
    kept = [entry.code for entry in found if entry.code not in full]
    said = [f"Đã lưu {len(files)} tệp kèm {', '.join(kept)}: {names_of(files)}"] if kept else []
    return ". ".join([*said, *([_full(full)] if full else [])])


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


def names_of(files: Sequence[File]) -> str:
    """The first few of their names."""
    more = f"; và {len(files) - _MOST_SHOWN} tệp khác" if len(files) > _MOST_SHOWN else ""
    return "; ".join(shorten(_name(file), _SHOWN_NAME_LIMIT) for file in files[:_MOST_SHOWN]) + more


def plain_files(files: Sequence[File]) -> list[dict[str, Any]]:
    """The files as a proposal keeps them: `files_in` reads them."""
    return [{"id": file.id, "name": _name(file), "size": file.size} for file in files]


def files_in(details: Mapping[str, Any]) -> list[File]:
    """Those that a proposal keeps."""
    return [File(**kept) for kept in details.get("files", [])]
