"""/report: the progress report of a period as a file, and letters to the agencies that are late."""

from collections.abc import Sequence

from bot.codes import shorten
from bot.commands.asked import Answer, Asked, overseen
from bot.commands.which_plan import plan_named
from bot.message import Choice, Message, Paper, block, bold, line, message
from bot.press import LETTER, REPORT
from bot.report_papers import DOCX, XLSX, late_agencies, period_meant
from bot.wording import NO_PLAN, SEE_STATUS, full_day, runs
from plan.directory import name_key
from plan.text import fold
from store.lookup import plan_rows
from store.report_source import ReportingPeriod, reporting_periods
from store.tables import PlanRow

_EXCEL = frozenset({"excel", "xlsx", "bang", "bang tinh"})
_LETTERS = ("don doc", "cong van", "dondoc", "congvan")
_MOST_LETTERS = 12
_LABEL_LIMIT = 40
_NO_FILES = "Ở đây bot không gửi được tệp. Anh/chị xem bằng chữ, hoặc hỏi bot trên kênh khác."


async def report(asked: Asked) -> Answer:
    """The report of the period that is meant, or which periods there are; with "đôn đốc" the letters."""
    plans = await plan_rows(asked.session, await overseen(asked))
    if not plans:
        return Answer(message=NO_PLAN)
    if not asked.entrance.takes_files:
        return Answer(message=message(_NO_FILES, choices=[[SEE_STATUS]]))
    plan, words = plan_named(plans, asked.args)
    if plan is None and len(plans) > 1:
        rows = [[runs(shorten(one.document, _LABEL_LIMIT), f"/report {words} {one.key}")] for one in plans]
        return Answer(message=message("Báo cáo của kế hoạch nào?", choices=rows))
    chosen = plan or plans[0]
    about_letters = next((name for name in _LETTERS if fold(words).startswith(name)), None)
    if about_letters is not None:
        agency = " ".join(words.split()[len(about_letters.split()) :])
        return Answer(message=await _letters(asked, chosen, agency))
    return Answer(message=await _report(asked, chosen, words))


async def _report(asked: Asked, plan: PlanRow, words: str) -> Message:
    known = await reporting_periods(asked.session, plan.key)
    period = period_meant(words, known) if words else None
    if period is None:
        return _which(plan, known)
    kind = XLSX if _EXCEL & set(fold(words).split()) else DOCX
    until = min(period.cutoff, asked.today)
    provisional = ["Số liệu tạm tính: chưa đến ngày chốt."] if asked.today < period.cutoff else []
    other = runs("Bản Excel", f"/report {period.name} excel {plan.key}")
    if kind == XLSX:
        other = runs("Bản Word", f"/report {period.name} {plan.key}")
    return message(
        block(
            line("📊 ", bold(f"Báo cáo {period.name}")),
            line(f"Kế hoạch {plan.document}, số liệu đến hết {full_day(until)}"),
            *provisional,
        ),
        choices=[[other, _letters_choice(plan)]],
        paper=Paper(kind=REPORT, about=f"{kind}:{plan.key}:{period.key}"),
    )


def _which(plan: PlanRow, known: Sequence[ReportingPeriod]) -> Message:
    rows = [[runs(period.name, f"/report {period.name} {plan.key}")] for period in known]
    words = "Anh/chị cần báo cáo kỳ nào?" if rows else "Kế hoạch này không có kỳ báo cáo."
    return message(words, choices=[*rows, [_letters_choice(plan)]])


def _letters_choice(plan: PlanRow) -> Choice:
    return runs("Công văn đôn đốc", f"/report đôn đốc {plan.key}")


async def _letters(asked: Asked, plan: PlanRow, agency: str) -> Message:
    """Which agencies could get a letter, or the letter to the one whose code is given."""
    if not asked.bindings.offices:
        return message("Công văn đôn đốc do cơ quan thường trực soạn.")
    late = await late_agencies(asked.session, plan.key, now=asked.now)
    named = next((code for code in late if name_key(code) == name_key(agency)), None)
    if named is not None:
        return message(
            block(
                line("✉️ ", bold(f"Công văn đôn đốc {late[named][0].agency_name}")),
                line(f"{len(late[named])} việc quá hạn, tính đến {full_day(asked.today)}"),
            ),
            paper=Paper(kind=LETTER, about=f"{plan.key}:{named}"),
        )
    if not late:
        return message(f"Đến {full_day(asked.today)} không cơ quan nào quá hạn.")
    unknown = f"“{shorten(agency, _LABEL_LIMIT)}” hiện không có việc quá hạn. " if agency else ""
    rows = [
        [runs(shorten(found[0].agency_name, _LABEL_LIMIT), f"/report đôn đốc {code} {plan.key}")]
        for code, found in sorted(late.items(), key=lambda item: -len(item[1]))[:_MOST_LETTERS]
    ]
    more = f" Nhiều nhất: {_MOST_LETTERS}; cơ quan khác: /report đôn đốc STP" if len(late) > len(rows) else ""
    return message(
        f"{unknown}Công văn đôn đốc cơ quan nào? Có {len(late)} cơ quan đang quá hạn.{more}", choices=rows
    )
