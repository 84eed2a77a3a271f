"""Papers to take away: the report of each period, letters to who is late, and the charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.charts import Chart
from bot.commands.board import PATH
from bot.commands.menu import Command
from bot.press import CHART, LETTER, REPORT
from bot.report_papers import DOCX, XLSX, late_agencies
from bot.wording import full_day
from store.lookup import plan_rows
from store.report_source import ReportingPeriod, reporting_periods
from store.tables import PlanRow
from web.board.drawing import Page, with_query
from web.board.looking import Look

RIGHT = Command.REPORT
# What opens the papers of a kind.
RIGHTS: Mapping[str, Command] = {REPORT: Command.REPORT, LETTER: Command.APPROVE, CHART: Command.CHART}
_CHARTS = {Chart.AREA: "Theo lĩnh vực", Chart.AGENCY: "Theo cơ quan", Chart.BURN_UP: "Tiến độ cả năm"}


@dataclass(frozen=True, kw_only=True)
class Link:
    """A paper and where it is."""

    name: str
    path: str


@dataclass(frozen=True, kw_only=True)
class OfPeriod:
    """The report of a period, as a paper and as a workbook."""

    name: str
    about: str
    paper: str
    workbook: str


@dataclass(frozen=True, kw_only=True)
class OfPlan:
    """All papers of a plan."""

    document: str
    periods: Sequence[OfPeriod]
    charts: Sequence[Link]
    letters: Sequence[Link]


async def papers(look: Look) -> Page:
    plans = await plan_rows(look.session, look.visitor.plans)
    return Page(
        template="papers.html",
        title="Báo cáo",
        shows={"plans": [await _of_plan(look, plan) for plan in plans]},
    )


async def _of_plan(look: Look, plan: PlanRow) -> OfPlan:
    late = {}
    if plan.key in look.visitor.steered:
        late = await late_agencies(look.session, plan.key, now=look.now)
    return OfPlan(
        document=plan.document,
        periods=[
            _of_period(look, plan.key, period) for period in await reporting_periods(look.session, plan.key)
        ],
        charts=[
            Link(name=name, path=paper_path(CHART, f"{which.value}:{plan.key}"))
            for which, name in _CHARTS.items()
        ],
        letters=[
            Link(
                name=f"{found[0].agency_name} ({len(found)} việc)",
                path=paper_path(LETTER, f"{plan.key}:{code}"),
            )
            for code, found in sorted(late.items())
        ],
    )


def _of_period(look: Look, key: str, period: ReportingPeriod) -> OfPeriod:
    day = min(period.cutoff, look.today)
    provisional = ", tạm tính" if look.today < period.cutoff else ""
    return OfPeriod(
        name=period.name,
        about=f"số liệu đến hết {full_day(day)}{provisional}",
        paper=paper_path(REPORT, f"{DOCX}:{key}:{period.key}"),
        workbook=paper_path(REPORT, f"{XLSX}:{key}:{period.key}"),
    )


def paper_path(kind: str, about: str) -> str:
    """Where a paper is made and taken."""
    return with_query(f"{PATH}/paper", kind=kind, about=about)
