"""Reading what a lead asks for: which agencies, by which day, and what; in any order that a person would type."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.codes import NOTE_LIMIT, clean
from bot.commands.one_agency import find_agency
from bot.days import slashed
from plan.directory import name_key
from plan.text import fold
from store.tables import AgencyRow

_MOST_WORDS = 14
_NOTE_WORDS = 3
_MOST_PERHAPS = 6
_LEAST_PART = 4
_HALF_A_YEAR = timedelta(days=183)
_SEPARATORS = frozenset({",", ";", "và", "va", "+", "&"})
_EVERYONE = frozenset({
    "all", "tatca", "tatcacaccoquan", "tatcacoquanphoihop", "tatcacaccoquanphoihop", "caccoquanphoihop",
})  # fmt: skip
_OFFICE_WORDS = frozenset({
    "so", "ban", "ubnd", "phong", "huyen", "cong", "cuc", "chi", "thi", "thanh", "tp", "truong", "vp", "van",
})  # fmt: skip
_DAY = re.compile(r"(?P<day>\d{1,2})(?:/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?"
                  r"|[.-](?P<month2>\d{1,2})[.-](?P<year2>\d{4}))")  # fmt: skip
_BEFORE_A_DAY = frozenset({"truoc", "ngay", "han", "den", "het", "cham", "nhat", "toi", "vao", "trong", "la"})
_SAYS_UNTIL = frozenset({"truoc", "han", "den", "het", "cham", "toi"})
_EDGE = " .,;:()"


@dataclass(frozen=True, kw_only=True)
class AskWords:
    """What was read. `strange` is what should have been an agency's name, and `perhaps` are those that it may have meant;
    `everyone`: all supporting agencies of the plan. `no_day` says why the day that was typed is none to ask for.
    `before` is the day that was typed where that is not `day` itself."""

    agencies: tuple[AgencyRow, ...] = ()
    everyone: bool = False
    strange: str | None = None
    perhaps: tuple[AgencyRow, ...] = ()
    day: date | None = None
    no_day: str | None = None
    note: str | None = None
    before: date | None = None

    @property
    def names_nobody(self) -> bool:
        return not (self.agencies or self.everyone)


def read_ask(text: str, agencies: Sequence[AgencyRow], today: date) -> AskWords:
    """Agencies by code, name or alias, one real day, and a note. What stands before the day is read first."""
    words = _split(slashed(text))
    place = _place_of_day(words)
    before, after = (words[: place.start], words[place.end :]) if place else (words, [])
    found, rest = _take_agencies(before, agencies)
    if found.names_nobody and not before:
        found, after = _take_agencies(after, agencies)
    note = clean(re.sub(r" ([,;])", r"\1", " ".join([*rest, *after])), NOTE_LIMIT).strip(" ,;:-–")
    read = replace(found, note=note or None)
    if place is None:
        return read
    day = _day(place.found, today)
    if day is None:
        return replace(read, no_day=f"Không có ngày {place.found[0]} trong lịch.")
    typed = day
    if place.is_before:
        day -= timedelta(days=1)
    if day <= today:
        return replace(read, no_day=f"Ngày {day:%d/%m/%Y} không sau hôm nay.")
    return replace(read, day=day, before=typed if place.is_before else None)


def _split(text: str) -> list[str]:
    return re.sub(r"([,;])", r" \1 ", text).split()


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a day's words begin and end. "trước ngày 10/6" ends with 9/6, as in the plan itself."""

    start: int
    end: int
    found: re.Match[str]
    is_until: bool
    is_before: bool


def _place_of_day(words: Sequence[str]) -> _Place | None:
    """A day with "trước", "hạn" or the like before it counts more than one that is only mentioned."""
    places = []
    for at, word in enumerate(words):
        found = _DAY.fullmatch(word.strip(_EDGE))
        if found is None:
            continue
        start = at
        while start > 0 and fold(words[start - 1]) in _BEFORE_A_DAY:
            start -= 1
        said = {fold(other) for other in words[start:at]}
        is_until = not said.isdisjoint(_SAYS_UNTIL)
        places.append(
            _Place(start=start, end=at + 1, found=found, is_until=is_until, is_before="truoc" in said)
        )
    return next(iter([*(place for place in places if place.is_until), *places]), None)


def _day(found: re.Match[str], today: date) -> date | None:
    """The day on the calendar; without a year the next one, unless it has passed some months ago."""
    number, month = int(found["day"]), int(found["month"] or found["month2"])
    year = found["year"] or found["year2"]
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, number)
        day = date(today.year, month, number)
        if day <= today and day.replace(year=today.year + 1) - today < _HALF_A_YEAR:
            return day.replace(year=today.year + 1)
    except ValueError:
        return None
    return day


def _take_agencies(words: Sequence[str], agencies: Sequence[AgencyRow]) -> tuple[AskWords, list[str]]:
    """The agencies with which the words begin, and the words after them."""
    exact = {
        name_key(str(name)): agency
        for agency in agencies
        for name in (*agency.aliases, agency.name, agency.code)
    }
    found: dict[str, AgencyRow] = {}
    everyone, at, expected = False, 0, True
    while at < len(words):
        if words[at] in _SEPARATORS:
            at, expected = at + 1, True
            continue
        count = _exact_length(words[at:], exact)
        if count:
            key = name_key(" ".join(words[at : at + count]))
            everyone = everyone or key in _EVERYONE
            if key not in _EVERYONE:
                found[exact[key].code] = exact[key]
            at, expected = at + count, False
            continue
        if not expected:
            break
        chunk = _until_separator(words[at:])
        guess = _guess(chunk, agencies)
        if guess is not None and not isinstance(guess, AskWords):
            agency, count = guess
            found[agency.code] = agency
            at, expected = at + count, False
            continue
        if guess is None and (found or everyone) and _reads_as_note(chunk):
            break
        strange = guess or AskWords(strange=" ".join(chunk))
        return AskWords(
            agencies=tuple(found.values()),
            everyone=everyone,
            strange=strange.strange,
            perhaps=strange.perhaps,
        ), []
    return AskWords(agencies=tuple(found.values()), everyone=everyone), list(words[at:])


def _exact_length(words: Sequence[str], exact: dict[str, AgencyRow]) -> int:
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        key = name_key(" ".join(words[:count]))
        if words[count - 1] not in _SEPARATORS and (key in exact or key in _EVERYONE):
            return count
    return 0


def _until_separator(words: Sequence[str]) -> list[str]:
    chunk: list[str] = []
    for word in words:
        if word in _SEPARATORS:
            break
        chunk.append(word)
    return chunk[:_MOST_WORDS]


def _guess(chunk: Sequence[str], agencies: Sequence[AgencyRow]) -> tuple[AgencyRow, int] | AskWords | None:
    """The agency that the chunk begins with in other words or with typos, and how many words it takes; or the several that
    it may mean."""
    unsure: AskWords | None = None
    for count in range(len(chunk), 0, -1):
        words = " ".join(chunk[:count])
        meant = find_agency(words, agencies)
        if meant.agency is not None:
            return meant.agency, count
        if unsure is not None:
            continue
        several = _with_part(words, agencies)
        if several or len(meant.perhaps) > 1:
            unsure = AskWords(strange=words, perhaps=several or meant.perhaps)
        elif meant.perhaps:
            return meant.perhaps[0], count
    return unsure


def _with_part(words: str, agencies: Sequence[AgencyRow]) -> tuple[AgencyRow, ...]:
    """Those whose name has these words in it: "UBND huyện" may be any of them."""
    key = name_key(words)
    found = tuple(agency for agency in agencies if key in name_key(agency.name))
    return found[:_MOST_PERHAPS] if len(key) >= _LEAST_PART else ()


def _reads_as_note(chunk: Sequence[str]) -> bool:
    return len(chunk) >= _NOTE_WORDS and fold(chunk[0]) not in _OFFICE_WORDS
