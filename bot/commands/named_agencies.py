"""Agencies among what was typed: one or several, by code or name; without a name all that are meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.one_agency import find_agency
from plan.text import fold
from store.tables import AgencyRow

_EDGE = " ,;:.-–—"
_EVERYBODY = frozenset({"", "tat ca", "all", "tat ca co quan", "cac co quan", "moi co quan"})
_LEADING = re.compile(r"(?:(?:cho|của|hạn|ngày|là|vào|cua|han|ngay|la|vao)(?=\s|$)\s*)+", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;]\s*|\s+(?:và|va)\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class NamedAgencies:
    """The agencies that were named, none for all of them; or the words `unclear` that name none for sure, with those that
    they may have meant."""

    agencies: tuple[AgencyRow, ...] = ()
    unclear: str | None = None
    perhaps: tuple[AgencyRow, ...] = ()


def named_agencies(text: str, agencies: Sequence[AgencyRow]) -> NamedAgencies:
    """Read "STP", "Sở Tư pháp", "STP, SNV", "cho STP và SNV", "STP SNV", "tất cả" or nothing."""
    words = _LEADING.sub("", text.strip(_EDGE), count=1).strip(_EDGE)
    if fold(words) in _EVERYBODY:
        return NamedAgencies()
    found = []
    for part in _parts(words, agencies):
        meant = find_agency(part, agencies)
        if meant.agency is None:
            return NamedAgencies(unclear=part, perhaps=meant.perhaps)
        found.append(meant.agency)
    return NamedAgencies(agencies=tuple(found))


def _parts(words: str, agencies: Sequence[AgencyRow]) -> list[str]:
    """A name may have commas and "và" of its own, so that it is looked for as a whole first."""
    if find_agency(words, agencies).agency is not None:
        return [words]
    parts = [part for part in _BETWEEN.split(words) if part.strip(_EDGE)]
    codes = {fold(agency.code) for agency in agencies}
    if len(parts) == 1 and all(fold(word) in codes for word in words.split()):
        return words.split()
    return parts or [words]
