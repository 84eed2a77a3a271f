"""The year 2023 on paper: what three agencies should hear, worked out by hand.

How it follows from the plan's annex (192/KH-UBND), config/reminders.yaml and a calendar:

* Days off in the year that are no Saturday or Sunday: 1/5, 2/5, 3/5 (Giỗ Tổ, 30/4 and 1/5), 1/9, 4/9 (Quốc khánh).
* A task is told of 30, 14, 7, 3, 1 and 0 days before the last working day on or before its due day; late, on the
  working day after its term and then every Monday. What falls on a day off is told on the working day before.
* On the 7th and the 14th day after its term those who oversee the plan hear of it (on a day off, on the working day
  after), and on these days its agency does too.
* A report is told of 3 and 0 days before the cutoff, 3, 1 and 0 days before the due day; late, on every working day.
* The bot starts on Tuesday 7/3: of what was missed until then the latest is told.

  due          30    14    7     3     1     0     late
  28/2 (Tue)   before the bot is there              (1/3, 6/3,) 7/3⁶, 13/3, 14/3⁶, 20/3, …
  31/3 (Fri)   7/3¹  17/3  24/3  28/3  30/3  31/3  3/4, 7/4⁶, 10/4, 14/4⁶, 17/4, 24/4, 28/4², 8/5, 15/5, …
  30/6 (Fri)   31/5  16/6  23/6  27/6  29/6  30/6  3/7, 7/7⁶, 10/7, 14/7⁶, 17/7, 24/7, 31/7, 7/8, 14/8, 21/8, 28/8,
                                                    31/8³, 11/9, …
  31/8 (Thu)   1/8   17/8  24/8  28/8  30/8  31/8  5/9⁴, 7/9⁶, 11/9, 14/9⁶, 18/9, …
  30/9 (Sat)   30/8  15/9  22/9  26/9  28/9  29/9  3/10⁵, 9/10⁷, 16/10⁷, …
  31/12 (Sun)  29/11 15/12 22/12 26/12 28/12 29/12 in 2024
  ¹ instead of 1/3   ² Monday 1/5 is off   ³ Monday 4/9 is off, and so is Friday 1/9   ⁴ 1/9 to 4/9 are off
  ⁵ the term ends on Monday 2/10, a Saturday's next working day
  ⁶ 7 and 14 days late: 28/2 is a Tuesday, 31/3 and 30/6 are Fridays, 31/8 is a Thursday
  ⁷ 7 and 14 days after Monday 2/10

  report       cutoff: 3   0      due: 3  1      0      late
  q1  16/3 Thu        10/3¹ 14/3       13/3 15/3  16/3   17/3, 20/3, …   ¹ Friday, for Saturday 11/3
  6t  16/6 Fri        9/6²  14/6       13/6 15/6  16/6   19/6, 20/6, …   ² Friday, for Sunday 11/6
  q3  16/9 Sat        11/9  14/9       13/9 -     15/9³  19/9⁴, 20/9, …
  nam 16/12 Sat       11/12 14/12      13/12 -    15/12³ 19/12⁴, …
  ³ Friday, for 1 and 0 days before Saturday   ⁴ the term ends on Monday the 18th, which stays silent
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

OFF = {date(2023, 5, 1), date(2023, 5, 2), date(2023, 5, 3), date(2023, 9, 1), date(2023, 9, 4)}

# One line for each assignment: when it is told of, and when an officer answers that it is done (at 15:00).
# A row without a name goes on with the one above.
KE_SACH = """
BC q1    | 10/3 cutoff-3, 13/3 due-3, 14/3 cutoff-0, 15/3 due-1, 16/3 due-0                                   | done 16/3
BC 6t    | 9/6 cutoff-3, 13/6 due-3, 14/6 cutoff-0, 15/6 due-1, 16/6 due-0, late: 19/6 20/6                   | done 20/6
BC q3    | 11/9 cutoff-3, 13/9 due-3, 14/9 cutoff-0, 15/9 due-0, late: 19/9                                   | done 19/9
BC nam   | 11/12 cutoff-3, 13/12 due-3, 14/12 cutoff-0, 15/12 due-0,                                          |
         | late: 19/12 20/12 21/12 22/12 25/12 26/12 27/12 28/12 29/12
2.3 q1   | 7/3 due-30, 17/3 due-14, 24/3 due-7, 28/3 due-3, 30/3 due-1, 31/3 due-0, late: 3/4 7/4 10/4 14/4 17/4 | done 18/4
2.3 q2   | 31/5 due-30, 16/6 due-14, 23/6 due-7, 27/6 due-3                                                   | done 27/6
2.3 q3   | 30/8 due-30, 15/9 due-14, 22/9 due-7, 26/9 due-3, 28/9 due-1, 29/9 due-0, late: 3/10 9/10          | done 10/10
2.3 nam  | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
2.6a     | 7/3 due-30, 17/3 due-14, 24/3 due-7, 28/3 due-3, 30/3 due-1                                        | done 30/3
2.6b     | 29/11 due-30, 15/12 due-14                                                                         | done 15/12
3.1      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
3.2      |                                                                                                    | done 2/6
4.5      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     | done 29/12
"""

TU_PHAP = """
BC q1    | 10/3 cutoff-3, 13/3 due-3, 14/3 cutoff-0                                                           | done 14/3
BC 6t    | 9/6 cutoff-3, 13/6 due-3, 14/6 cutoff-0, 15/6 due-1, 16/6 due-0                                    | done 16/6
BC q3    | 11/9 cutoff-3, 13/9 due-3, 14/9 cutoff-0, 15/9 due-0                                               | done 18/9
BC nam   | 11/12 cutoff-3, 13/12 due-3                                                                        | done 13/12
BCLV q1  | 10/3 cutoff-3, 13/3 due-3, 14/3 cutoff-0, 15/3 due-1, 16/3 due-0, late: 17/3 20/3 21/3             | done 21/3
BCLV 6t  | 9/6 cutoff-3, 13/6 due-3, 14/6 cutoff-0, 15/6 due-1, 16/6 due-0,                                   | done 26/6
         | late: 19/6 20/6 21/6 22/6 23/6 26/6
BCLV q3  | 11/9 cutoff-3, 13/9 due-3, 14/9 cutoff-0, 15/9 due-0, late: 19/9 20/9 21/9                         | done 21/9
BCLV nam | 11/12 cutoff-3, 13/12 due-3, 14/12 cutoff-0, 15/12 due-0,                                          |
         | late: 19/12 20/12 21/12 22/12 25/12 26/12 27/12 28/12 29/12
1.2a     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1                                  | done 28/12
1.2b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
1.3a     |                                                                                                    | done 7/3
1.3b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
2.3 q1   | 7/3 due-30, 17/3 due-14, 24/3 due-7, 28/3 due-3, 30/3 due-1, 31/3 due-0                            | done 31/3
2.3 q2   | 31/5 due-30, 16/6 due-14, 23/6 due-7, 27/6 due-3, 29/6 due-1, 30/6 due-0,                          | done 12/9
         | late: 3/7 7/7 10/7 14/7 17/7 24/7 31/7 7/8 14/8 21/8 28/8 31/8 11/9
2.3 q3   | 30/8 due-30, 15/9 due-14, 22/9 due-7, 26/9 due-3, 28/9 due-1                                       | done 28/9
2.3 nam  | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
2.6a     | 7/3 due-30, 17/3 due-14, 24/3 due-7, 28/3 due-3, 30/3 due-1, 31/3 due-0,                           | done 16/5
         | late: 3/4 7/4 10/4 14/4 17/4 24/4 28/4 8/5 15/5
2.6b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
3.1      | 29/11 due-30, 15/12 due-14, 22/12 due-7                                                            | done 22/12
3.2      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
4.5      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
"""

NOI_VU = """
BC q1    | 10/3 cutoff-3, 13/3 due-3, 14/3 cutoff-0, 15/3 due-1, 16/3 due-0, late: 17/3                       | done 17/3
BC 6t    | 9/6 cutoff-3, 13/6 due-3, 14/6 cutoff-0, 15/6 due-1                                                | done 15/6
BC q3    | 11/9 cutoff-3, 13/9 due-3, 14/9 cutoff-0, 15/9 due-0                                               | done 15/9
BC nam   | 11/12 cutoff-3, 13/12 due-3, 14/12 cutoff-0, 15/12 due-0                                           | done 15/12
BCLV q1  | 10/3 cutoff-3, 13/3 due-3, 14/3 cutoff-0, 15/3 due-1, 16/3 due-0                                   | done 16/3
BCLV 6t  | 9/6 cutoff-3, 13/6 due-3, 14/6 cutoff-0                                                            | done 14/6
BCLV q3  | 11/9 cutoff-3, 13/9 due-3, 14/9 cutoff-0, 15/9 due-0, late: 19/9                                   | done 19/9
BCLV nam | 11/12 cutoff-3, 13/12 due-3, 14/12 cutoff-0, 15/12 due-0, late: 19/12                              | done 19/12
1.2a     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
1.2b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
2.3 q1   | 7/3 due-30, 17/3 due-14, 24/3 due-7, 28/3 due-3                                                    | done 29/3
2.3 q2   | 31/5 due-30, 16/6 due-14, 23/6 due-7, 27/6 due-3, 29/6 due-1, 30/6 due-0                           | done 30/6
2.3 q3   | 30/8 due-30, 15/9 due-14, 22/9 due-7, 26/9 due-3, 28/9 due-1, 29/9 due-0                           | done 29/9
2.3 nam  | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
2.6a     | 7/3 due-30, 17/3 due-14, 24/3 due-7                                                                | done 24/3
2.6b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
3.1      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
3.2      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
3.4a     | 29/11 due-30                                                                                       | done 30/11
3.4b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
4.1      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
4.2      | 7/3 due-30, 17/3 due-14, 24/3 due-7, 28/3 due-3, 30/3 due-1, 31/3 due-0,                           | done 15/5
         | late: 3/4 7/4 10/4 14/4 17/4 24/4 28/4 8/5 15/5
4.5      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.1      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.2a     | late: 7/3 13/3 14/3 20/3                                                                           | done 21/3
7.2b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.3a1    | 7/3 due-30, 17/3 due-14, 24/3 due-7, 28/3 due-3, 30/3 due-1, 31/3 due-0, late: 3/4                 | done 4/4
7.3a2    | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.3c     | 1/8 due-30, 17/8 due-14, 24/8 due-7, 28/8 due-3, 30/8 due-1, 31/8 due-0, late: 5/9 7/9 11/9 14/9 18/9 | done 18/9
7.3d     | 30/8 due-30, 15/9 due-14, 22/9 due-7, 26/9 due-3, 28/9 due-1, 29/9 due-0, late: 3/10               | done 3/10
7.4      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.5      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.6a     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.6b     | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
7.7      | 29/11 due-30, 15/12 due-14, 22/12 due-7, 26/12 due-3, 28/12 due-1, 29/12 due-0                     |
"""
LADDERS = {"HKS": KE_SACH, "STP": TU_PHAP, "SNV": NOI_VU}

DEPARTMENTS = (
    "VPUB", "TTT", "SNV", "STP", "STC", "SKHDT", "STTTT", "SKHCN", "SYT", "SGDDT", "SLDTBXH", "SGTVT",
    "SXD", "STNMT", "SNNPTNT", "BDT", "SCT", "SVHTTDL",
)  # fmt: skip
DISTRICTS = ("TPST", "TXVC", "TXNN", "HCT", "HCLD", "HKS", "HLP", "HMT", "HMX", "HTT", "HTD")
SILENT = ("CAT", "MTTQ", "TTHCC", "DKTCV", "PNV", "BQLKCN")

# What the other 26 departments and districts answer: in three groups, one after the other down the lists above.
OTHERS_ANSWER = """
BC q1   | 16/3
BC 6t   | 14/6, 16/6, 21/6
BC q3   | 14/9, 18/9, 20/9
BC nam  | 15/12
2.6a    | 31/3
2.3 q1  | 31/3
2.3 q2  | 30/6
2.3 q3  | 29/9
"""
# The four of them that owe the report of their fields too.
FIELD_LEADS = ("VPUB", "STC", "STTTT", "SKHCN")
FIELD_LEADS_ANSWER = """
BCLV q1  | 16/3
BCLV 6t  | 16/6
BCLV q3  | 15/9
BCLV nam | 15/12
"""


@dataclass(frozen=True, order=True)
class Told:
    """A notice that was sent: the day it was heard on, what about ("2.3 q1"), and which milestone."""

    day: date
    about: str
    milestone: str


def on(day_month: str) -> date:
    day, month = day_month.split("/")
    return date(2023, int(month), int(day))


def is_worked(day: date) -> bool:
    return day.weekday() < 5 and day not in OFF


def rows(table: str) -> Iterator[tuple[str, str, str]]:
    """What about, the steps, and the answer; a row without a name goes on with the one before."""
    found: list[list[str]] = []
    for written in table.strip().splitlines():
        about, steps, answer = ([cell.strip() for cell in written.split("|")] + [""])[:3]
        if about:
            found.append([about, steps, answer])
        else:
            found[-1][1] += f" {steps}"
    for about, steps, answer in found:
        yield about, steps, answer


def ladder_on_paper(table: str) -> list[Told]:
    return sorted(
        Told(on(day), about, name) for about, steps, _ in rows(table) for day, name in _steps(steps)
    )


def _steps(cell: str) -> Iterator[tuple[str, str]]:
    before, _, late_days = cell.partition("late: ")
    for step in filter(None, (part.strip() for part in before.split(","))):
        day, name = step.split()
        yield day, name
    for day in late_days.split():
        yield day, f"late-{on(day)}"


def answers_on_paper() -> dict[str, dict[str, date]]:
    """Agency, what about, and the day on which its officer says that it is done."""
    closed = {
        agency: {about: on(answer.removeprefix("done ")) for about, _, answer in rows(table) if answer}
        for agency, table in LADDERS.items()
    }
    others = [agency for agency in (*DEPARTMENTS, *DISTRICTS) if agency not in LADDERS]
    for place, agency in enumerate(others):
        answers = OTHERS_ANSWER + (FIELD_LEADS_ANSWER.lstrip() if agency in FIELD_LEADS else "")
        closed[agency] = {}
        for about, cell, _ in rows(answers):
            days = cell.split(", ")
            closed[agency][about] = on(days[place % len(days)])
    return closed
