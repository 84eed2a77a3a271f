"""Charts as pictures (PNG) for phones: how far areas and agencies are, and the year's burn-up.

1080 pixels wide and legible at 390: nothing is written smaller than 30 pixels. Colours are told apart by whoever sees
fewer of them (Okabe and Ito, "Color Universal Design", 2008), and each has a hatch of its own. The same data give the same
bytes. Nothing here uses pyplot, whose state all threads share.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from io import BytesIO
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from bot.codes import shorten
from bot.overview import percent_words
from bot.wording import full_day
from store.burn_up import BurnUp, Steps
from store.figures import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Dash = str | tuple[int, tuple[int, int]]

WIDTH = 1080
SHOWN_AGENCIES = 15
_DPI = 100
_FONT = "DejaVu Sans"
# In points, of which 72 are an inch: 22 are 30 pixels.
_TITLE, _WORDS, _SMALL = 30, 22.5, 22
_ROW, _MARGIN = 112, 44
# The first line of a name shares its row with the figures.
_FIRST_LINE, _SECOND_LINE = 36, 52
_BELOW_LIMIT = 60
_LINE = 40
# What a part needs so that its number can be read: a number's own room and that of each digit.
_ROOM, _DIGIT = 24, 20
_INK, _FAINT = "#222222", "#767676"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a bar: its words in the legend, and how it is told from the others."""

    words: str
    colour: str
    hatch: str


PARTS = (
    Part(words="Xong đúng hạn", colour="#009E73", hatch=""),
    Part(words="Xong quá hạn", colour="#56B4E9", hatch="//"),
    Part(words="Chưa xong, trong hạn", colour="#F0E442", hatch=".."),
    Part(words="Chưa xong, quá hạn", colour="#D55E00", hatch="xx"),
    Part(words="Không có thời hạn", colour="#BBBBBB", hatch="--"),
    Part(words="Không phát sinh", colour="#FFFFFF", hatch=""),
)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An area or agency and its figures."""

    name: str
    figures: Figures

    @property
    def counts(self) -> tuple[int, ...]:
        """How many are in each of PARTS; they add up to the total."""
        own = self.figures
        return (
            own.done_in_term,
            own.done_late,
            own.open_in_term,
            own.open_late,
            own.undated + own.undated_done,
            own.waived,
        )


def widths(counts: Sequence[int], width: float) -> list[float]:
    """How wide the parts of a bar are, together `width`: as their counts, but each that is not nothing has room for its
    number."""
    least = [_ROOM + _DIGIT * len(str(count)) if count else 0 for count in counts]
    narrow: set[int] = set()
    while True:
        left = width - sum(least[index] for index in narrow)
        among = sum(count for index, count in enumerate(counts) if index not in narrow)
        found = [
            float(least[index]) if index in narrow else left * count / max(among, 1)
            for index, count in enumerate(counts)
        ]
        more = {index for index, own in enumerate(found) if own < least[index]}
        if not more:
            return found
        narrow |= more


def worst_first(bars: Sequence[Bar]) -> list[Bar]:
    """As /status lists agencies (the most that is late, then the least that is reached; what has no due day last; else as
    they come), only the first of them: the rest stand summed in one bar."""
    ranked = sorted(bars, key=_badness)
    if len(ranked) <= SHOWN_AGENCIES + 1:
        return ranked
    rest = ranked[SHOWN_AGENCIES:]
    return [*ranked[:SHOWN_AGENCIES], Bar(name=f"{len(rest)} cơ quan còn lại", figures=summed(rest))]


def summed(bars: Sequence[Bar]) -> Figures:
    """The figures of all of them together."""
    return Figures(
        **{column.name: sum(getattr(bar.figures, column.name) for bar in bars) for column in fields(Figures)}
    )


def _badness(bar: Bar) -> tuple[int, int]:
    percent = bar.figures.percent
    return (-bar.figures.open_late, 101 if percent is None else percent)


def by_area(bars: Sequence[Bar], *, about: str, today: date) -> bytes:
    """A bar for each area, as they come. `about` names the plan."""
    return _bars("Mức hoàn thành theo lĩnh vực", about, today, bars)


def by_agency(bars: Sequence[Bar], *, about: str, today: date) -> bytes:
    """A bar for each agency, the worst first (see worst_first)."""
    return _bars("Mức hoàn thành theo cơ quan", about, today, worst_first(bars))


def _bars(title: str, about: str, today: date, bars: Sequence[Bar]) -> bytes:
    parts = [index for index in range(len(PARTS)) if index < 5 or any(bar.counts[index] for bar in bars)]
    legend_rows = (len(parts) + 1) // 2
    top = 190 + 54 * legend_rows
    heights = [_ROW + _LINE * (len(_name_lines(bar.name)) - 1) for bar in bars]
    height = top + max(sum(heights), _ROW) + _MARGIN
    figure, axes = _sheet(height, title, f"{about} · đến {full_day(today)}")
    for place, index in enumerate(parts):
        row, column = divmod(place, 2)
        _swatch(axes, _MARGIN + column * 500, 172 + 54 * row, PARTS[index])
    y = top
    for bar, own_height in zip(bars, heights, strict=True):
        _bar(axes, y, bar)
        y += own_height
    if not bars:
        _say(axes, _MARGIN, top + 40, "Chưa có việc nào.", size=_WORDS, color=_FAINT)
    return _png(figure)


def _swatch(axes: "Axes", x: float, y: float, part: Part) -> None:
    _block(axes, x, y, 52, 36, part)
    _say(axes, x + 66, y + 18, part.words)


def _bar(axes: "Axes", y: float, bar: Bar) -> None:
    own = bar.figures
    lines = _name_lines(bar.name)
    for place, words in enumerate(lines):
        _say(axes, _MARGIN, y + 22 + place * _LINE, words, size=_WORDS, weight="bold")
    right = f"đạt {percent_words(own)} · {own.total} việc" if own.dated else f"{own.total} việc"
    _say(axes, WIDTH - _MARGIN, y + 22, right, ha="right")
    x, above = float(_MARGIN), y + 44 + _LINE * (len(lines) - 1)
    for part, count, width in zip(PARTS, bar.counts, widths(bar.counts, WIDTH - 2 * _MARGIN), strict=True):
        if count:
            _block(axes, x, above, width, 50, part)
            _number(axes, x + width / 2, above + 25, count)
        x += width


def _name_lines(name: str) -> list[str]:
    """The name on one line, or on two."""
    first, *more = wrap(name, _FIRST_LINE) or [""]
    return [first, shorten(" ".join(more), _SECOND_LINE)] if more else [first]


def _say(axes: "Axes", x: float, y: float, words: str, *, size: float = _SMALL, **more: Any) -> None:
    """`y` is the middle of the line."""
    # A dollar sign would begin a formula.
    axes.text(
        x, y, words, fontsize=size, family=_FONT, va="center", parse_math=False, **{"color": _INK} | more
    )


def _block(axes: "Axes", x: float, y: float, width: float, height: float, part: Part) -> None:
    from matplotlib.patches import Rectangle

    patch = Rectangle(
        (x, y), width, height, facecolor=part.colour, edgecolor=_INK, linewidth=1, hatch=part.hatch
    )
    patch.set_hatch_linewidth(1.0)
    axes.add_patch(patch)


def _number(axes: "Axes", x: float, y: float, count: int) -> None:
    box = {"boxstyle": "round,pad=0.12", "facecolor": "#FFFFFF", "edgecolor": "none"}
    _say(axes, x, y, str(count), ha="center", bbox=box)


def burn_up(curve: BurnUp, *, year: int, about: str, today: date) -> bytes:
    """What was finished up to today beside what the plan wants finished, over the plan's year."""
    height, left, right, top, bottom = 1120, 120, WIDTH - 60, 380, 1000
    first = date(year, 1, 1)
    last = max([date(year, 12, 31), *curve.planned.days, *curve.finished.days])
    until = min(max(today, first), last)
    figure, axes = _sheet(height, "Tiến độ trong năm so với kế hoạch", f"{about} · đến {full_day(today)}")
    planned, finished = curve.planned.by(until), curve.finished.by(until)
    most = max(curve.planned.total, curve.finished.total, 1)

    def x_of(day: date) -> float:
        return left + (right - left) * (min(max(day, first), last) - first).days / max((last - first).days, 1)

    def y_of(count: float) -> float:
        return bottom - (bottom - top) * count / most

    _grid(axes, first, last, most, x_of=x_of, y_of=y_of)
    for steps, end, colour, style, width in (
        (curve.planned, last, _INK, (0, (4, 2)), 4),
        (curve.finished, until, "#0072B2", "-", 8),
    ):
        xs, ys = _corners(steps, first, end)
        axes.plot(
            [x_of(day) for day in xs], [y_of(count) for count in ys], color=colour, linestyle=style, linewidth=width,
            solid_capstyle="butt", zorder=3,
        )  # fmt: skip
    axes.plot([x_of(until)] * 2, [top, bottom], color="#D55E00", linewidth=2, linestyle=":", zorder=2)
    axes.plot([x_of(until)], [y_of(finished)], marker="o", markersize=14, color="#0072B2", zorder=4)
    _key(axes, 172, "#0072B2", "-", 8, f"Đã xong: {finished} việc")
    behind = planned - finished
    gap = f", thiếu {behind}" if behind > 0 else ""
    _key(axes, 226, _INK, (0, (4, 2)), 4, f"Theo kế hoạch đến hôm nay: {planned}{gap}")
    _key(axes, 280, "#D55E00", ":", 3, f"Hôm nay; cả năm: {curve.planned.total} việc có thời hạn")
    return _png(figure)


def _corners(steps: Steps, first: date, end: date) -> tuple[list[date], list[int]]:
    """The line of a count that stands until the day on which it grows."""
    xs, ys = [first], [steps.by(first)]
    for day in steps.days:
        if first < day <= end:
            xs += [day, day]
            ys += [ys[-1], steps.by(day)]
    return [*xs, end], [*ys, ys[-1]]


def _grid(
    axes: "Axes",
    first: date,
    last: date,
    most: int,
    *,
    x_of: Callable[[date], float],
    y_of: Callable[[float], float],
) -> None:
    for count in range(0, most + 1, _round_step(most)):
        axes.plot([x_of(first), x_of(last)], [y_of(count)] * 2, color="#DDDDDD", linewidth=1.5, zorder=1)
        _say(axes, x_of(first) - 14, y_of(count), str(count), color=_FAINT, ha="right")
    for month in range(1, 13):
        begins = date(first.year, month, 1)
        axes.plot([x_of(begins)] * 2, [y_of(0), y_of(0) + 12], color=_FAINT, linewidth=1.5, zorder=1)
        _say(axes, x_of(begins + timedelta(days=14)), y_of(0) + 40, str(month), color=_FAINT, ha="center")
    middle = (x_of(first) + x_of(last)) / 2
    _say(axes, middle, y_of(0) + 88, f"Tháng, năm {first.year}", color=_FAINT, ha="center")


def _round_step(most: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … of which five or fewer make `most`."""
    scale = 1
    while True:
        for step in (scale, 2 * scale, 5 * scale):
            if most <= 5 * step:
                return step
        scale *= 10


def _key(axes: "Axes", y: float, colour: str, style: Dash, width: float, words: str) -> None:
    axes.plot([_MARGIN, _MARGIN + 64], [y + 18] * 2, color=colour, linestyle=style, linewidth=width)
    _say(axes, _MARGIN + 82, y + 18, words)


def _sheet(height: float, title: str, below: str) -> "tuple[Figure, Axes]":
    """A white sheet measured in pixels from its upper left corner, with its title on it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor="#FFFFFF")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    _say(axes, _MARGIN, 56, title, size=_TITLE, weight="bold")
    _say(axes, _MARGIN, 118, shorten(below, _BELOW_LIMIT), color=_FAINT)
    return figure, axes


def _png(figure: "Figure") -> bytes:
    """Without the version of the program that drew it."""
    content = BytesIO()
    figure.savefig(content, format="png", dpi=_DPI, metadata={"Software": None})
    return content.getvalue()
