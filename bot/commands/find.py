"""/find: outputs of the plan by words, and what was handed in by its document's number."""

import re
from collections.abc import Sequence

from bot.codes import code_command, code_key, code_stem, shorten
from bot.commands.asked import Answer, Asked, overseen
from bot.commands.menu import Command
from bot.listing import PRODUCT_LIMIT, TITLE_LIMIT, done_words, what_words
from bot.message import Block, Line, Span, block, bold, line, message
from bot.offered import offered
from bot.search import Field, document_key, score
from bot.wording import SEE_DUE
from plan.text import fold
from store.agenda import Entry, entries
from store.lookup import Item, items

MOST_FOUND = 20
_LEAST_LETTERS = 3
_QUERY_LIMIT = 100
_ECHO_LIMIT = 60
_TITLE, _PRODUCT, _HEADING, _AREA = 1.0, 0.98, 0.9, 0.85
_OWN, _OTHERS = "Của đơn vị mình", "Của cơ quan khác"
# "2.6" is short and yet says what is meant.
_CODE = re.compile(r"\d[.,_]\d")
_EXAMPLES = "Ví dụ: /find tuyên truyền · /find thủ tục nội bộ · /find 15/KH-UBND"
# "tìm kiếm …", "tìm việc …"; but "kiểm soát" is looked for.
_NO_QUERY = frozenset({"kiem", "viec"})
_AFTER_KIEM = frozenset({"soat", "tra", "dinh", "sat", "toan", "ke", "diem", "nghiem", "lam", "nhiem"})


async def find(asked: Asked) -> Answer:
    """What fits the words best, own assignments first. The paper may be read by whoever is bound; document numbers are
    states, found among those that the chat may see."""
    query = _query(asked.args)
    if not query:
        return Answer(message=message("Anh/chị muốn tìm gì trong kế hoạch?", _EXAMPLES))
    if sum(char.isalnum() for char in query) < _LEAST_LETTERS and not _CODE.fullmatch(query):
        return Answer(message=message(f"“{query}” ngắn quá, anh/chị gõ thêm chữ giúp.", _EXAMPLES))
    own = await entries(asked.session, agencies=asked.agency_codes)
    with_document = _with_document(query, await _visible(asked, own))
    ranked = _ranked(query, await items(asked.session))
    owed = {(entry.plan_key, entry.code) for entry in own}
    mine = [item for item in ranked if (item.plan_key, item.code) in owed]
    others = [item for item in ranked if (item.plan_key, item.code) not in owed]
    found = len(mine) + len(others) + len(with_document)
    echo = f"🔎 “{shorten(query, _ECHO_LIMIT)}”"
    if not found:
        return Answer(
            message=message(
                f"{echo}: không thấy việc nào. Anh/chị thử ít từ hơn, hoặc từ khác, có dấu hay không đều được.",
                _EXAMPLES,
                choices=[[SEE_DUE]],
            )
        )
    head = [line(bold(f"{echo}: {found} việc"))]
    if found > MOST_FOUND:
        head.append(line(f"Xem {MOST_FOUND} việc gần nhất; gõ thêm từ để thu hẹp."))
    own_heading, others_heading = (_OWN, _OTHERS) if asked.agencies else (None, None)
    blocks = [
        *_under("Theo số văn bản", [_document_lines(entry, asked) for entry in with_document]),
        *_under(own_heading, [_item_lines(item) for item in mine]),
        *_under(others_heading, [_item_lines(item) for item in others]),
    ]
    return Answer(message=message(block(*head), *blocks[:MOST_FOUND]), paged=True)


def _query(args: str) -> str:
    words = args[:_QUERY_LIMIT].split()
    folded = [fold(word) for word in words]
    if len(words) > 1 and folded[0] in _NO_QUERY and folded[1] not in _AFTER_KIEM:
        words = words[1:]
    return " ".join(words)


async def _visible(asked: Asked, own: Sequence[Entry]) -> Sequence[Entry]:
    plans = await overseen(asked)
    if not plans:
        return own
    codes = asked.agency_codes
    return [e for e in await entries(asked.session) if e.plan_key in plans or e.agency in codes]


def _with_document(query: str, visible: Sequence[Entry]) -> list[Entry]:
    """Those whose document has the number or a part of it, such as "15/kh"."""
    key = document_key(query)
    if not any(char.isdigit() for char in key) and "-" not in key and "/" not in key:
        return []
    return [entry for entry in visible if entry.document and key in document_key(entry.document)]


def _ranked(query: str, known: Sequence[Item]) -> list[Item]:
    key = code_key(query)
    by_code = [
        item for item in known if key in (code_key(item.code), code_key(item.task), code_stem(item.code))
    ]
    if by_code:
        return by_code
    scored = [(score(query, _fields(item)), item) for item in known]
    # Sorting keeps the paper's order among equals.
    return [item for points, item in sorted(scored, key=lambda one: -one[0]) if points > 0]


def _fields(item: Item) -> list[Field]:
    return [
        Field(text=item.title, weight=_TITLE),
        Field(text=item.product, weight=_PRODUCT),
        Field(text=item.heading or "", weight=_HEADING),
        Field(text=item.area_name or "", weight=_AREA),
    ]


def _under(heading: str | None, found: Sequence[list[Line]]) -> list[Block]:
    above = [line(bold(heading))] if heading else []
    return [block(*(above if number == 0 else []), *lines) for number, lines in enumerate(found)]


def _item_lines(item: Item) -> list[Line]:
    product = shorten(item.product.rstrip(" ."), PRODUCT_LIMIT)
    about = [] if item.area is None else [f"{product} · "]
    return [
        line(bold(item.code), f" {shorten(item.title, TITLE_LIMIT)}"),
        line(*about, _task_command(item.code)),
    ]


def _document_lines(entry: Entry, asked: Asked) -> list[Line]:
    agency = [] if len(asked.agencies) == 1 and entry.agency in asked.agency_codes else [entry.agency_name]
    return [
        line(bold(entry.code), f" {shorten(entry.title, TITLE_LIMIT)}"),
        line(" · ".join([*agency, what_words(entry)])),
        line("✅ ", done_words(entry), " · ", _task_command(entry.code)),
    ]


def _task_command(code: str) -> Span:
    return offered(Command.TASK, code_command(code), code)
