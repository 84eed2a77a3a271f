"""One clause: which of its dates narrows which of its periods, and what days follow.

Wide items (a recurrence, a month, a quarter, a year) are narrowed by the fine ones (a day, a rule) that follow them:
"Hằng quý, chậm nhất ngày 20 tháng cuối quý". Joined by "và" they stand side by side.
"""

from plan.phrases.calendar import Point, Unit
from plan.phrases.dues import Due, Notes, last_good_day
from plan.phrases.frames import labels_alone, wide_alone
from plan.phrases.narrowing import narrowed
from plan.phrases.nodes import Dated, Every, Gap
from plan.phrases.placed import APART, Group, Placed, span_of


def dues_of_clause(placed: list[Placed], notes: Notes) -> tuple[list[Due], list[Due]]:
    """The due days of a clause, and those that count only when the whole phrase has no other (names of reports)."""
    sure: list[Due] = []
    spare: list[Due] = []
    for group in _grouped(placed, notes):
        if group.fine:
            sure.extend(narrowed(group, notes))
            continue
        labels = [w for w in group.wide if w.is_label]
        others = [w for w in group.wide if not w.is_label]
        if others:
            sure.extend(wide_alone(others, notes))
        else:
            spare.extend(labels_alone(labels, notes))
    return sure, spare


def _grouped(placed: list[Placed], notes: Notes) -> list[Group]:
    groups = [Group()]
    for one in placed:
        current = groups[-1]
        if one.is_wide:
            if current.fine and one.names_what_went_before:
                current.wide.append(one)
                current.closed = True
                continue
            if current.fine:
                current = Group()
                groups.append(current)
            current.wide.append(one)
            continue
        is_own = one.joined and isinstance(one.item, Dated) and isinstance(one.item.node, Point)
        stands_aside = (
            is_own and current.wide and not current.fine and not all(w.is_label for w in current.wide)
        )
        if stands_aside or current.closed:
            current = Group()
            groups.append(current)
        current.fine.append(one)
    if len(groups) > 1 and not groups[-1].fine and _belongs_to_front(groups[-2], groups[-1], notes):
        groups[-2].wide.extend(groups[-1].wide)
        groups.pop()
    return groups


def _belongs_to_front(front: Group, behind: Group, notes: Notes) -> bool:
    """Whether wide items at the end of a clause say again what the days before them meant
    ("ngày 15, hằng tháng"; "trước ngày 15/6 (Quý II)")."""
    first = behind.wide[0]
    if first.joined or front.wide or len(behind.wide) > 1:
        return False
    if first.is_label:
        return True
    if isinstance(first.item, Every):
        rules = [f for f in front.fine if isinstance(f.item, Dated) and not isinstance(f.item.node, Point)]
        return bool(rules) or first.item.units == (Unit.YEAR,) or not first.gaps & APART
    if first.gaps & APART or (Gap.COMMA in first.gaps and not first.item.within):
        return False
    return _holds_all(first.item, front.fine, notes)


def _holds_all(wide: Dated, fine: list[Placed], notes: Notes) -> bool:
    covered = span_of(wide, notes)
    days = [last_good_day(f.item, notes) for f in fine if isinstance(f.item, Dated)]
    return covered is not None and all(d is not None and covered.first <= d <= covered.last for d in days)
