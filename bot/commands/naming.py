"""Which agencies, and which day, a person names among other words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.commands.one_agency import find_agency
from bot.days import slashed
from plan.directory import name_key
from plan.text import fold
from store.tables import AgencyRow

_LONGEST_NAME = 12
_BETWEEN = frozenset({"va", "cung", "voi"})
_ALL = frozenset({"all", "het", "tatca", "toanbo", "tatcacoquan", "moicoquan", "cacoquan"})
_DAY = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}))?")
_NAMED = {"hom nay": 0, "ngay mai": 1, "mai": 1, "ngay kia": 2}
_HALF_A_YEAR = timedelta(days=183)


def take_agencies(text: str, agencies: Sequence[AgencyRow]) -> tuple[list[AgencyRow], str]:
    """The agencies that stand at the beginning of the words by code, name or alias, and the rest of the words."""
    by_key = {
        name_key(str(name)): agency
        for agency in agencies
        for name in (*agency.aliases, agency.name, agency.code)
    }
    words, found = text.split(), dict[str, AgencyRow]()
    while words:
        skipped = 1 if found and (fold(words[0]) in _BETWEEN or not name_key(words[0])) else 0
        for count in range(min(_LONGEST_NAME, len(words) - skipped), 0, -1):
            agency = by_key.get(name_key(" ".join(words[skipped : skipped + count])))
            if agency is not None:
                found[agency.code] = agency
                words = words[skipped + count :]
                break
        else:
            break
    return list(found.values()), " ".join(words)


def guess_agency(text: str, agencies: Sequence[AgencyRow]) -> tuple[AgencyRow | None, str]:
    """The agency of which the first words are a part of the name that no other has, and the rest of the words."""
    words = text.split()
    for count in range(min(_LONGEST_NAME, len(words)), 0, -1):
        meant = find_agency(" ".join(words[:count]), agencies)
        if meant.agency is not None:
            return meant.agency, " ".join(words[count:])
    return None, text


def means_all(text: str) -> bool:
    """Whether the words mean every agency."""
    return name_key(text) in _ALL


@dataclass(frozen=True, kw_only=True)
class NamedDay:
    """A day found among words: `day` is None when there is none, or when `strange`, which looks like one, is none. `rest` is
    the text without it."""

    day: date | None
    strange: str | None
    rest: str


def take_day(text: str, today: date) -> NamedDay:
    """A day such as "14/3", "14/03/2023", "mai"; without a year the one that is nearest to today."""
    words = slashed(text).split()
    for count in (2, 1):
        for start in range(len(words) - count + 1):
            phrase = fold(" ".join(words[start : start + count])).strip(".,;")
            rest = " ".join([*words[:start], *words[start + count :]])
            if phrase in _NAMED:
                return NamedDay(day=today + timedelta(days=_NAMED[phrase]), strange=None, rest=rest)
            written = _DAY.fullmatch(phrase.removeprefix("ngay ").replace(" ", "x"))
            if written is not None:
                day = _day_of(written, today)
                return NamedDay(day=day, strange=None if day else phrase, rest=rest)
    return NamedDay(day=None, strange=None, rest=text)


def _day_of(written: re.Match[str], today: date) -> date | None:
    day, month = int(written["day"]), int(written["month"])
    years = [int(written["year"])] if written["year"] else [today.year - 1, today.year, today.year + 1]
    found = []
    for year in years:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    near = [one for one in found if written["year"] or abs(one - today) <= _HALF_A_YEAR]
    return near[0] if near else None
