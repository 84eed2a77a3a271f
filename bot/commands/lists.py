"""Lists of assignments as blocks: by section, and by agency where a chat speaks for several."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.codes import code_key, code_stem, says_report
from bot.listing import HEADINGS, Standing, done_choice, entry_lines, sections, short_line
from bot.message import Block, Choice, Line, block, bold, line
from store.agenda import Entry
from store.tables import AgencyRow

UNDATED = frozenset({Standing.ONGOING, Standing.ADHOC, Standing.EXTERNAL})
_LINES_TOGETHER = 8


def known_codes(entries: Iterable[Entry]) -> dict[str, str]:
    """Every code by which these can be asked for, keyed as typed codes are."""
    known: dict[str, str] = {}
    for entry in entries:
        for name in (entry.code, entry.task, code_stem(entry.code)):
            known.setdefault(code_key(name), name)
    return known


def reports_by_code(args: str, entries: Iterable[Entry]) -> str:
    """The words with the reports' code for "báo cáo" at their beginning."""
    words = args.split()
    code = next((entry.code for entry in entries if entry.is_report), None)
    is_name = code is not None and says_report(words)
    return f"{code} {' '.join(words[2:])}".strip() if is_name else args


def matching(entries: Iterable[Entry], code: str) -> list[Entry]:
    """Those meant by a code, a task's code, or a number of the paper: "2.6" means 2.6a and 2.6b."""
    found = list(entries)
    exact = [entry for entry in found if code in (entry.code, entry.task)]
    return exact or [entry for entry in found if code_stem(entry.code) == code]


def by_agency(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The entries of each agency, by its name."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.agency_name, []).append(entry)
    return groups


def section_blocks(
    entries: Iterable[Entry],
    today: date,
    *,
    soon: str = HEADINGS[Standing.SOON],
    tappable: bool = True,
    above: str | None = None,
) -> list[Block]:
    """Open assignments in sections; each block is one assignment, the first of a section carries its heading. What has no
    due day is told in a line each, several to a block. `soon` is the heading of what is neither late nor due today, `above`
    one that stands over all. `tappable` for the agency's own: what can be tapped when it is done."""
    headings = {**HEADINGS, Standing.SOON: soon}
    outer = (above,) if above else ()
    blocks: list[Block] = []
    for kind, found in sections(entries, today):
        section = (*outer, headings[kind])
        items = _short_blocks(found, today) if kind in UNDATED else _items(found, today, tappable=tappable)
        for position, item in enumerate(items):
            missing = section[0 if not blocks else len(outer) :] if position == 0 else ()
            head = tuple(line(bold(heading)) for heading in missing)
            blocks.append(replace(item, lines=(*head, *item.lines), section=section))
    return blocks


def _items(entries: Iterable[Entry], today: date, *, tappable: bool) -> list[Block]:
    return [
        block(*entry_lines(entry, today, tappable=tappable), choices=done_choices(entry) if tappable else ())
        for entry in entries
    ]


def _short_blocks(entries: Sequence[Entry], today: date) -> list[Block]:
    return [block(*lines) for lines in chunked([short_line(entry, today) for entry in entries])]


def done_choices(entry: Entry) -> tuple[Choice, ...]:
    """What can be chosen about an agency's own assignment."""
    choice = done_choice(entry)
    return () if choice is None else (choice,)


def chunked(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """Short lines as many together as stay on one page."""
    return [lines[start : start + _LINES_TOGETHER] for start in range(0, len(lines), _LINES_TOGETHER)]


def short_section(
    heading: str, beside: str, lines: Sequence[Line], choices: Iterable[Choice] = ()
) -> list[Block]:
    """Short lines under a heading, with words `beside` it that a further page does not repeat; the choices are about all
    of them."""
    blocks = [block(*some, section=(heading,)) for some in chunked(lines)] or [block(section=(heading,))]
    head = line(bold(heading), beside)
    return [replace(blocks[0], lines=(head, *blocks[0].lines), choices=tuple(choices)), *blocks[1:]]


def grouped_blocks(
    entries: Sequence[Entry], today: date, agencies: Sequence[AgencyRow], *, soon: str, tappable: bool = True
) -> list[Block]:
    """As `section_blocks`, under each agency's name when there are several."""
    if len(agencies) < 2:
        return section_blocks(entries, today, soon=soon, tappable=tappable)
    blocks = []
    for agency in agencies:
        own = [entry for entry in entries if entry.agency == agency.code]
        blocks += section_blocks(own, today, soon=soon, tappable=tappable, above=f"🏛 {agency.name}")
    return blocks


def count_words(entries: Iterable[Entry], today: date, soon: str) -> str:
    """ "1 việc quá hạn, 2 việc hạn hôm nay, 3 việc …"; `soon` names the rest. Empty when there is nothing dated."""
    counts = {kind: len(found) for kind, found in sections(entries, today)}
    words = ((Standing.LATE, "quá hạn"), (Standing.TODAY, "hạn hôm nay"), (Standing.SOON, soon))
    return ", ".join(f"{counts[kind]} việc {name}" for kind, name in words if kind in counts)
