"""Lists of assignments as blocks: by section, and by agency where a chat speaks for several."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.codes import code_key, code_stem
from bot.listing import HEADINGS, Standing, entry_lines, sections
from bot.message import Block, block, bold, line
from plan.text import fold
from store.agenda import Entry
from store.tables import AgencyRow

_REPORTS = "bao cao"


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
    is_name = code is not None and fold(" ".join(words[:2])) == _REPORTS
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


def agency_line(name: str) -> Block:
    return block(line(bold(f"🏛 {name}")))


def section_blocks(
    entries: Iterable[Entry], today: date, *, soon: str = HEADINGS[Standing.SOON], tappable: bool = True
) -> list[Block]:
    """Open assignments in sections; each block is one assignment, the first of a section carries its heading. `soon` is the
    heading of what is neither late nor due today."""
    headings = {**HEADINGS, Standing.SOON: soon}
    blocks = []
    for kind, found in sections(entries, today):
        for position, entry in enumerate(found):
            heading = (line(bold(headings[kind])),) if position == 0 else ()
            blocks.append(block(*heading, *entry_lines(entry, today, tappable=tappable)))
    return blocks


def grouped_blocks(
    entries: Sequence[Entry], today: date, agencies: Sequence[AgencyRow], *, soon: str, tappable: bool = True
) -> list[Block]:
    """As `section_blocks`, under each agency's name when there are several."""
    if len(agencies) < 2:
        return section_blocks(entries, today, soon=soon, tappable=tappable)
    blocks = []
    for agency in agencies:
        own = [entry for entry in entries if entry.agency == agency.code]
        if own:
            of_agency = section_blocks(own, today, soon=soon, tappable=tappable)
            blocks += [agency_line(agency.name), *of_agency]
    return blocks


def count_words(entries: Iterable[Entry], today: date, soon: str) -> str:
    """ "1 việc quá hạn, 2 việc hạn hôm nay, 3 việc …"; `soon` names the rest. Empty when there is nothing dated."""
    counts = {kind: len(found) for kind, found in sections(entries, today)}
    words = ((Standing.LATE, "quá hạn"), (Standing.TODAY, "hạn hôm nay"), (Standing.SOON, soon))
    return ", ".join(f"{counts[kind]} việc {name}" for kind, name in words if kind in counts)
