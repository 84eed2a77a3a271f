"""Reading the periods that officers name: "quý I", "tháng 3", "6 tháng đầu năm", "n3103"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from plan.text import fold, mirror


@dataclass(frozen=True, kw_only=True)
class Period:
    """A period as people name it: "q1", "t3", "6t", "6tc", "9t", "nam", "n3103"; `year` when they said it. "ask1" is the
    first time that a lead asked for support."""

    key: str
    year: int | None = None

    def covers(self, other: "Period") -> bool:
        """Whether what was typed can mean `other`."""
        return self.key == other.key and (self.year is None or other.year in (None, self.year))

    @property
    def said(self) -> str:
        """The period as people write it: "q1", but "31/03" of "n3103", "phối hợp 1" of "ask1"."""
        if found := re.fullmatch(r"n(\d\d)(\d\d)", self.key):
            return f"{found[1]}/{found[2]}"
        if found := re.fullmatch(r"ask(\d+)", self.key):
            return f"phối hợp {found[1]}"
        return _SAID.get(self.key, self.key)


_SAID = {"nam": "năm", "6t": "6 tháng", "6tc": "6 tháng cuối năm", "9t": "9 tháng"}
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_PERIOD = re.compile(
    r"(?<![\w./-])(?:"
    r"(?:quy[ ._]?|q[ ._]?)0?(?P<quarter>iv|i{1,3}|[1-4])"
    r"|(?:thang[ ._]?|thg[ ._]?|t[._]?)(?P<month>1[0-2]|0?[1-9])"
    r"|(?P<half>0?6|sau|0?9|chin)[ ._]?(?:thang|t)(?P<second>(?:[ _]?cuoi(?:[ _]nam)?|c))?(?:[ _]?dau(?:[ _]nam)?)?"
    r"|(?:ngay )?(?P<day>[0-3]?\d)/(?P<of>1[0-2]|0?[1-9])"
    r"|n(?P<ddmm>[0-3]\d[01]\d)"
    r"|(?:ask|phoi hop)[ ._-]?(?P<ask>[1-9]\d?)"
    r"|(?P<whole>(?:ca[ _])?nam)"
    r")(?:[ /_]?(?:nam[ _])?(?P<year>20\d\d))?(?![\w/])"
)
_SLOT = re.compile(
    r"(?P<year>\d{4})-(?:Q(?P<q>[1-4])|M(?P<m>\d\d)|H(?P<h>[12])|(?P<y>Y)|(?P<months>\d)M|(?P<mm>\d\d)-(?P<dd>\d\d))"
)


def period_of_slot(slot: str) -> Period | None:
    """How people name a slot ("2023-Q1", "q1"); None for what is due once."""
    if not slot:
        return None
    found = _SLOT.fullmatch(slot)
    if found is None:
        return Period(key=re.sub(r"[^a-z0-9]+", "", fold(slot)))
    year = int(found["year"])
    if found["q"]:
        return Period(key=f"q{found['q']}", year=year)
    if found["m"]:
        return Period(key=f"t{int(found['m'])}", year=year)
    if found["h"]:
        return Period(key="6t" if found["h"] == "1" else "6tc", year=year)
    if found["months"]:
        return Period(key=f"{found['months']}t", year=year)
    if found["y"]:
        return Period(key="nam", year=year)
    return Period(key=f"n{found['dd']}{found['mm']}", year=year)


def periods_in(text: str) -> Iterable[tuple[Period, int, int]]:
    """Periods named in a text, with where they start and end in it."""
    for found in _PERIOD.finditer(mirror(text)):
        yield _period(found), found.start(), found.end()


def _period(found: re.Match[str]) -> Period:
    year = int(found["year"]) if found["year"] else None
    if found["quarter"]:
        return Period(key=f"q{_QUARTERS[found['quarter']]}", year=year)
    if found["month"]:
        return Period(key=f"t{int(found['month'])}", year=year)
    if found["half"]:
        if found["half"][-1] in "9n":
            return Period(key="9t", year=year)
        return Period(key="6tc" if found["second"] else "6t", year=year)
    if found["day"]:
        return Period(key=f"n{int(found['day']):02}{int(found['of']):02}", year=year)
    if found["ask"]:
        return Period(key=f"ask{found['ask']}", year=year)
    if found["ddmm"]:
        return Period(key=f"n{found['ddmm']}", year=year)
    return Period(key="nam", year=year)
