"""What a sentence is about when it says that first: "2.6a xong", "báo cáo quý 1 đã nộp", "30/6 2.6a xin gia hạn".

Pure: words in, a count of words out. Whether a code is known and whose it is, is not for here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.codes import looks_like_code, says_report
from bot.periods import periods_in
from plan.text import fold, mirror

# The code by which the plan names its reports, and those that are named after it.
_REPORT_CODE = re.compile(r"bc[a-z]{0,4}")
_BETWEEN = frozenset({"va", "+", "&", "cua", "ky"})
# What people say before the deed: "2.6a xin gia hạn", "2.6a đã được 60%".
_LEADING = frozenset({
    "xin", "de", "nghi", "duoc", "cho", "da", "dang", "moi", "can", "muon", "hien", "vua", "thi", "dat", "khoang",
    "tam", "em", "minh", "toi", "ben", "chung", "roi", "cung",
})  # fmt: skip
_MOST_LEADING = 4
_EDGE = ",;:.!"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The first `count` words are what the sentence is about; `codes` of them are codes, the first is `code` as typed."""

    count: int
    codes: int
    code: str | None


def read_subject(words: Sequence[str]) -> Subject:
    """Codes, "báo cáo" and periods as far as the sentence begins with them."""
    at, codes, code = 0, 0, None
    while at < len(words):
        bare = words[at].strip(_EDGE)
        if _is_code(bare):
            code = code or words[at]
            codes += 1
            # "2.6 a" is one code in two words.
            at += 2 if _is_letter(words, at + 1) else 1
        elif says_report(words[at:]):
            at += 2
        elif _REPORT_CODE.fullmatch(mirror(bare)):
            at += 1
        elif count := _period_length(words[at:]):
            at += count
        elif at and fold(bare) in _BETWEEN:
            at += 1
        else:
            break
    return Subject(count=at, codes=codes, code=code)


def leading(words: Sequence[str]) -> int:
    """How many words stand before a deed and say nothing of it."""
    count = 0
    while count < min(len(words), _MOST_LEADING) and fold(words[count].strip(_EDGE)) in _LEADING:
        count += 1
    return count


def _is_code(word: str) -> bool:
    return looks_like_code(word) and not word.isdigit()


def _is_letter(words: Sequence[str], index: int) -> bool:
    return index < len(words) and len(words[index].strip(_EDGE)) == 1 and words[index][0].isalpha()


def _period_length(words: Sequence[str]) -> int:
    """How many words a period takes with which they begin."""
    text = " ".join(words)
    found = next(iter(periods_in(text)), None)
    if found is None or found[1] != 0:
        return 0
    return len(text[: found[2]].split())
