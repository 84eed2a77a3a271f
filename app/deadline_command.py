"""`nhacviec deadline`: what one phrase of "thời gian thực hiện" means."""

from typing import Annotated

import typer

from app.console import out, print_json
from plan.deadlines import Deadline, read_deadline

_WORDS = {
    "ongoing": "ongoing: no due day",
    "adhoc": "on demand: no due day",
    "external": "no date can be known from these words: a person must set it",
}


def deadline(
    phrase: Annotated[str, typer.Argument(help='The phrase, in quotes: "Trước ngày 25 tháng cuối quý"')],
    year: Annotated[int, typer.Option("--year", "-y", min=2000, max=2100, help="The plan's year.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which days a deadline phrase means.

    Example: nhacviec deadline "Quý II, III" --year 2023
    """
    found = read_deadline(phrase, plan_year=year)
    if as_json:
        print_json(
            {
                "kind": found.kind.value,
                "dates": [occurrence.due.isoformat() for occurrence in found.occurrences],
                "needs_review": found.needs_review,
                "reason": found.reason,
            }
        )
        return
    _print(found)


def _print(found: Deadline) -> None:
    for occurrence in found.occurrences:
        out.print(f"{occurrence.due:%d/%m/%Y}  {occurrence.period}".rstrip(), markup=False)
    if not found.occurrences:
        out.print(_WORDS[found.kind.value], markup=False)
    if found.needs_review:
        out.print(f"A person should look: {found.reason}", markup=False)
