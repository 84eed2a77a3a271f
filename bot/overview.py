"""How the figures of an overview are written: line by line with the official words, or in one line."""

from collections.abc import Mapping

from bot.message import Line, bold, line
from store.figures import Figures


def area_words(area: int | None, name: str | None) -> str:
    """ "2. Cải cách TTHC"; periodic reports have no area."""
    return "Báo cáo định kỳ" if area is None else f"{area}. {name}"


def worst_first(counted: Mapping[str, Figures]) -> list[str]:
    """The agencies (codes): first the most that is late, then the least that is reached; what has no due day last."""

    def badness(code: str) -> tuple[int, int, str]:
        own = counted[code]
        return (-own.open_late, 101 if own.percent is None else own.percent, code)

    return sorted(counted, key=badness)


def percent_words(figures: Figures) -> str:
    """ "12%"; "—" when nothing has a due day."""
    return "—" if figures.percent is None else f"{figures.percent}%"


def reached_line(figures: Figures) -> Line:
    """How far the plan is, and of how many."""
    if figures.percent is None:
        return line("Đạt — kế hoạch: không có việc nào có thời hạn.")
    return line(
        "Đạt ",
        bold(f"{figures.percent}%"),
        f" kế hoạch: đã xong {figures.done}/{figures.dated} việc có thời hạn.",
    )


def figure_lines(figures: Figures) -> list[Line]:
    """One line for each column; those outside the four official ones only where there is something."""
    lines = [
        _counted("✅ Hoàn thành đúng hạn", figures.done_in_term),
        _counted("☑️ Hoàn thành quá hạn", figures.done_late),
        _counted("⏳ Chưa hoàn thành, trong hạn", figures.open_in_term),
        _counted("⛔ Chưa hoàn thành, quá hạn", figures.open_late),
    ]
    others = (
        ("🔁 Không có thời hạn", figures.undated),
        ("✅ Không có thời hạn, đã hoàn thành", figures.undated_done),
        ("⭕ Không phát sinh", figures.waived),
    )
    lines += [_counted(name, count) for name, count in others if count]
    lines.append(_counted("Tổng cộng", figures.total))
    if figures.submitted:
        lines.append(line("📨 Chờ duyệt: ", bold(f"{figures.submitted}"), " (đã tính là chưa hoàn thành)"))
    return lines


def _counted(name: str, count: int) -> Line:
    return line(f"{name}: ", bold(f"{count}"))


def short_figures(figures: Figures) -> str:
    """ "Xong 40 (quá hạn 5) · chưa xong 290 (quá hạn 20)"."""
    if not figures.dated:
        undated = figures.undated + figures.undated_done
        words = (("không có thời hạn", undated), ("không phát sinh", figures.waived))
        return " · ".join(f"{count} việc {name}" for name, count in words if count)
    done = f"Xong {figures.done}" + (f" (quá hạn {figures.done_late})" if figures.done_late else "")
    left = f"chưa xong {figures.not_done}" + (f" (quá hạn {figures.open_late})" if figures.open_late else "")
    return f"{done} · {left}"
