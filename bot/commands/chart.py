"""/chart: one picture of how a plan stands."""

from bot.charts import Chart
from bot.commands.asked import Answer, Asked, overseen
from bot.commands.which_plan import plan_named
from bot.message import Choice, Message, Paper, block, bold, line, message
from bot.press import CHART
from bot.wording import NO_PLAN, SEE_STATUS, full_day, runs
from plan.directory import name_key
from store.lookup import plan_rows
from store.tables import PlanRow

_WORDS = {
    Chart.AREA: frozenset({"linhvuc", "theolinhvuc", "area"}),
    Chart.AGENCY: frozenset({"coquan", "theocoquan", "donvi", "agency"}),
    Chart.BURN_UP: frozenset({"nam", "canam", "tiendo", "tiendonam", "luyke", "burnup"}),
}
_TITLES = {
    Chart.AREA: "Hoàn thành theo lĩnh vực",
    Chart.AGENCY: "Hoàn thành theo cơ quan",
    Chart.BURN_UP: "Tiến độ cả năm so với kế hoạch",
}
_TYPED = {Chart.AREA: "lĩnh vực", Chart.AGENCY: "cơ quan", Chart.BURN_UP: "năm"}
_NO_FILES = "Ở đây bot không gửi được hình. Anh/chị xem bằng chữ, hoặc hỏi bot trên kênh khác."


async def chart(asked: Asked) -> Answer:
    """The chart that is meant, or which there are; with several plans the key of one follows."""
    plans = await plan_rows(asked.session, await overseen(asked))
    if not plans:
        return Answer(message=NO_PLAN)
    if not asked.entrance.takes_files:
        return Answer(message=message(_NO_FILES, choices=[[SEE_STATUS]]))
    plan, words = plan_named(plans, asked.args)
    which = next((one for one, names in _WORDS.items() if name_key(words) in names), None)
    if which is None:
        return Answer(message=_which(plan or (plans[0] if len(plans) == 1 else None)))
    if plan is None and len(plans) > 1:
        rows = [[runs(one.document, f"/chart {_TYPED[which]} {one.key}")] for one in plans]
        return Answer(message=message("Biểu đồ của kế hoạch nào?", choices=rows))
    return Answer(message=_picture(asked, which, plan or plans[0]))


def _which(plan: PlanRow | None) -> Message:
    def choice(which: Chart, label: str) -> Choice:
        return runs(label, f"/chart {_TYPED[which]}{f' {plan.key}' if plan else ''}")

    return message(
        "Anh/chị muốn xem biểu đồ nào?",
        choices=[
            [choice(Chart.AREA, "Theo lĩnh vực"), choice(Chart.AGENCY, "Theo cơ quan")],
            [choice(Chart.BURN_UP, "Tiến độ cả năm")],
        ],
    )


def _picture(asked: Asked, which: Chart, plan: PlanRow) -> Message:
    return message(
        block(
            line("📈 ", bold(_TITLES[which])),
            line(f"Kế hoạch {plan.document}, đến {full_day(asked.today)}"),
        ),
        choices=[[SEE_STATUS]],
        paper=Paper(kind=CHART, about=f"{which.value}:{plan.key}"),
    )
