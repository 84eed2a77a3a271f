"""The grammar of deadline phrases: text → tokens → items → clauses → verdict.

| module | what it reads or decides | where to add a word |
|---|---|---|
| tokens | one way of writing; "are you the word trước?", with typos, without marks | `_OFTEN_MISTYPED` |
| words, lexicon | every wording, spelled with its marks, one row for each use | here first |
| dates | 15/6/2023, 6/2023, tháng 6, quý II/2023, năm sau, hằng năm | `NEXT`, `BEFORE`, `THIS` |
| parts | giữa tháng 5, cuối quý II, tuần đầu tháng 6, 6 tháng đầu năm | `_PART_WORDS` |
| days | ngày 20 tháng 6, ngày 20 tháng cuối quý, ngày 5 tháng sau | `_PLACES`, `_MONTHLY`, `_PERIODS` |
| bounds | trước (the day before), chậm nhất, đến hết, trong; 17h00 | `INCLUSIVE`, `EXCLUSIVE`, `ABOUT` |
| elements, lists | tháng 3, 6 và 9/2023; the parts lend each other the year | |
| ranges | 15-20/6/2023, từ tháng 3 đến tháng 6 | `SINCE`, `UNTIL` |
| recurrences | hằng quý; định kỳ quý, 6 tháng và năm; 02 lần/năm; báo cáo quý | `EVERY`, `REPORTS` |
| documents | Quyết định số 13/2026/QĐ-UBND ngày …: never a deadline | `DOCUMENTS`, `SYMBOLS` |
| marks | thường xuyên, khi có yêu cầu, sau khi …, 30 ngày, what is left | `MARKS`, `HARMLESS`, `COUNTED` |
| scan | one pass: at each token the first rule that matches | the order in `_item` |
| sentences, clauses, placed | clauses, and in them groups of periods and the days behind them | |
| narrowing, frames | which day narrows which period; what is only a name or a frame | |
| dues, calendar | the days of a date, a rule, a recurrence; keys and names | `periods_of` |
| verdict | the whole phrase: years, order, purposes, set wordings, reasons | `_ASK`, `_OPEN` |

Three rules hold everywhere. A day that does not exist, or words that can mean two dates, raise `UnreadableError`:
the phrase gets no date. A time word or number that no rule took becomes a `Doubt`. A doubt that could move the date is
fatal.
"""

from plan.phrases.calendar import NO_SUCH_DAY
from plan.phrases.reading import judge
from plan.phrases.verdict import Verdict

__all__ = ["NO_SUCH_DAY", "Verdict", "judge"]
