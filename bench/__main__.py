"""`python -m bench [SECTION] [--quick]`: measure one section and show it, or all of them and write docs/performance.md."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console

from bench import answers, board, delivery, idle, processes, reminders, scan
from bench.figures import Figure
from bench.machine import load, machine
from bench.page import table, write_page

_out = Console(stderr=True, highlight=False)


class Measure(Protocol):
    """What every section offers: figures, with files of its own in the folder; `quick` for a look while developing."""

    def __call__(self, folder: Path, *, quick: bool) -> Awaitable[list[Figure]]: ...


class Section(StrEnum):
    """The sections, in the order of the table."""

    SCAN = "scan"
    DELIVERY = "delivery"
    ANSWERS = "answers"
    IDLE = "idle"
    PROCESSES = "processes"
    BOARD = "board"


_MEASURES: dict[Section, list[Measure]] = {
    Section.SCAN: [scan.measure, reminders.measure],
    Section.DELIVERY: [delivery.measure],
    Section.ANSWERS: [answers.measure],
    Section.IDLE: [idle.measure],
    Section.PROCESSES: [processes.measure],
    Section.BOARD: [board.measure],
}


def bench(
    section: Annotated[Section | None, typer.Argument(help="Without it: all, written to the page.")] = None,
    quick: Annotated[bool, typer.Option(help="Small and rough, for a look; nothing is written.")] = False,
) -> None:
    """Measure Nhắc Việc beside what people use instead."""
    sections = list(Section) if section is None else [section]
    with tempfile.TemporaryDirectory(prefix="nhacviec-bench-") as name:
        folder = Path(name)
        notes = f"{machine(folder)} Load average before: {load():.1f}."
        figures = asyncio.run(_measured(folder, sections, quick=quick))
    sys.stdout.write(f"{notes}\n\n{table(figures)}\n")
    if section is None and not quick:
        write_page(figures, notes)


async def _measured(folder: Path, sections: list[Section], *, quick: bool) -> list[Figure]:
    figures = []
    for section in sections:
        for number, measure in enumerate(_MEASURES[section]):
            _out.print(f"{section.value} …", end=" ")
            began = time.monotonic()
            place = folder / f"{section.value}-{number}"
            place.mkdir()
            figures += await measure(place, quick=quick)
            _out.print(f"{time.monotonic() - began:.0f} s")
    return figures


if __name__ == "__main__":
    typer.run(bench)
