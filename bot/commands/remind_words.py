"""What a person wants to remind of: a code or agencies in any order, and the rest as words to go with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.codes import NOTE_LIMIT, clean, code_key, code_stem, looks_like_code, read_code, shorten
from bot.commands.asked import Answer, Asked, steered
from bot.commands.menu import Command
from bot.commands.naming import guess_agency, take_agencies
from bot.commands.one_agency import find_agency
from bot.commands.unknown import unknown_code
from bot.message import block, message
from bot.wording import runs
from plan.text import fold
from store.lookup import Item, all_agencies, items
from store.tables import AgencyRow

_FILLERS = frozenset({"viec", "ma", "nhiem", "vu", "cua", "cho", "toi", "den"})
_EDGE = " \t.,;:-–—"
_LABEL_LIMIT = 40


@dataclass(frozen=True, kw_only=True)
class Meant:
    """`codes` are those of the outputs that the code `name` means, of all agencies or of `agencies` only; without a code the
    agencies themselves are meant. `text` goes with it. `instead` is the answer when the words mean neither."""

    name: str = ""
    codes: tuple[str, ...] = ()
    agencies: tuple[AgencyRow, ...] = ()
    text: str | None = None
    instead: Answer | None = None


async def read_meant(asked: Asked) -> Meant:
    """Read a code of the plans that the chat steers, agencies, and the words that go with them."""
    if not asked.args:
        return Meant(instead=_how_to())
    known_agencies = await all_agencies(asked.session)
    plans = await steered(asked)
    own = [item for item in await items(asked.session) if item.plan_key in plans]
    known = {code_key(name): name for item in own for name in (code_stem(item.code), item.task, item.code)}
    agencies, rest = take_agencies(asked.args, known_agencies)
    name: str | None = None
    if not agencies:
        reading = read_code(asked.args, known)
        name, rest = reading.code, reading.rest
        if name is None:
            if reading.word and looks_like_code(reading.word):
                return Meant(instead=unknown_code(Command.REMIND, reading.word, rest, known.values()))
            near = find_agency(asked.args, known_agencies).perhaps
            guessed, rest = guess_agency(asked.args, known_agencies)
            if near or guessed is None:
                return Meant(instead=_which_agency(near))
            agencies = [guessed]
        else:
            agencies, rest = take_agencies(_without_fillers(rest), known_agencies)
    if name is None:
        name, rest, unknown = _code_at_the_beginning(rest, known)
        if unknown:
            return Meant(instead=unknown_code(Command.REMIND, unknown, rest, known.values()))
    return Meant(
        name=name or "",
        codes=_codes(own, name) if name else (),
        agencies=tuple(agencies),
        text=clean(rest).strip(_EDGE)[:NOTE_LIMIT].rstrip() or None,
    )


def _codes(own: Sequence[Item], name: str) -> tuple[str, ...]:
    """The outputs that are meant by an output's code, a task's, or a number of the paper."""
    exact = [item.code for item in own if name in (item.code, item.task)]
    return tuple(dict.fromkeys(exact or [item.code for item in own if code_stem(item.code) == name]))


def _without_fillers(text: str) -> str:
    words = text.split()
    while words and fold(words[0]).strip(_EDGE) in _FILLERS:
        words = words[1:]
    return " ".join(words)


def _code_at_the_beginning(text: str, known: dict[str, str]) -> tuple[str | None, str, str | None]:
    """A known code with which the words begin, the rest, and an unknown one in its place. Further on, words are words."""
    bare = _without_fillers(text).split()
    if not bare:
        return None, text, None
    count = 2 if len(bare) > 1 and len(bare[1]) == 1 else 1
    reading = read_code(" ".join(bare[:count]), known)
    rest = " ".join([*reading.rest.split(), *bare[count:]])
    if reading.code is not None:
        return reading.code, rest, None
    if reading.word and "." in reading.word and looks_like_code(reading.word):
        return None, rest, reading.word
    return None, text, None


def _how_to() -> Answer:
    return Answer(
        message=message(
            "Anh/chị đôn đốc việc nào, cơ quan nào? Có thể gõ:",
            block(
                "/remind 2.6a – mọi cơ quan còn việc 2.6a",
                "/remind 2.6a STP nộp trước 15 giờ – một cơ quan, kèm lời nhắn",
                "/remind STP – mọi việc quá hạn và đến hạn hôm nay của một cơ quan",
            ),
            choices=[[runs("Cơ quan đang quá hạn", "/late")]],
        )
    )


def _which_agency(near: Sequence[AgencyRow]) -> Answer:
    if not near:
        return _how_to()
    rows = [[runs(shorten(agency.name, _LABEL_LIMIT), f"/remind {agency.code}")] for agency in near]
    return Answer(message=message("Anh/chị đôn đốc cơ quan nào?", choices=rows))
