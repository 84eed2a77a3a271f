"""The table of figures in docs/performance.md: written between two marks, the words around it are people's."""

from collections.abc import Sequence
from pathlib import Path

from bench.children import ROOT
from bench.figures import HEADINGS, Figure

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def write_page(figures: Sequence[Figure], notes: str, *, page: Path = PAGE) -> None:
    """Put the figures in place of those that stand there. Raises ValueError when the page has lost its marks."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for figures: {BEGIN} and {END}")
    page.write_text(f"{before}{begin}\n\n{notes}\n\n{table(figures)}\n\n{end}{after}", encoding="utf-8")


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(figure.cells for figure in figures)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
