"""The three steps in a row: tokens, items, verdict."""

from plan.phrases.lexicon import Lexicon
from plan.phrases.scan import scan
from plan.phrases.tokens import Phrase
from plan.phrases.verdict import Outcome, Verdict, verdict

# A phrase of an annex is a line; a text this long is a document, and reading it would not be reading a deadline.
LONGEST = 2_000
_REPORTING = Lexicon(
    "báo cáo",
    "định kỳ",
    "hoàn thành",
    "gửi",
    "nộp",
    "trình",
    "trước",
    "chậm nhất",
    "sơ kết",
    "tổng kết",
)


def judge(text: str, plan_year: int) -> Verdict:
    """Read a phrase for a plan's year. Pure, total, and linear in the length of the text."""
    if len(text) > LONGEST:
        return Verdict(outcome=Outcome.EXTERNAL, dues=(), reasons=("the text is too long for a deadline",))
    phrase = Phrase(text)
    says_report = any(phrase.seq(i, _REPORTING) for i in range(len(phrase)))
    return verdict(scan(phrase, plan_year), plan_year, says_report=says_report)
