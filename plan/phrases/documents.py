"""Numbers and dates of documents, which are not deadlines: "Quyết định số 13/2026/QĐ-UBND ngày 05/3/2026"."""

from plan.phrases.dates import month, numeric
from plan.phrases.lexicon import Lexicon
from plan.phrases.nodes import UnreadableError
from plan.phrases.tokens import Phrase
from plan.phrases.words import DOCUMENTS, EVERY_YEAR, SYMBOLS

_TIME_WORDS = Lexicon(
    "năm", "quý", "tháng", "ngày", "lần", "tuần", "kỳ", "hằng", "hàng", "mỗi", "quí", "giờ", "và", "đến"
)
_VOWELS = frozenset("aeiouy")


def document_at(p: Phrase, i: int, plan_year: int) -> tuple[int, bool] | None:
    """The position after the document at `i`, and whether a doubt remains (a date that may not be the document's)."""
    after_noun = p.seq(i, DOCUMENTS)
    k = p.opt(after_noun or i, "số", "số:", ":")
    k = k + 1 if p.sign(k, ":") and k > i else k
    end = _symbol(p, k)
    if not end and after_noun:
        end = _bare_number(p, k, said_number=k > after_noun)
    if end:
        return _date_of_document(p, end, plan_year) or end, False
    if not after_noun:
        return None
    dated = _date_of_document(p, after_noun, plan_year)
    if not dated:
        return None
    return dated, not (p.seq(i - 1, "theo", "tại", "của") or p.seq(dated, "của"))


def _symbol(p: Phrase, k: int) -> int:
    """163/KH-UBND, 13/2026/QĐ-UBND, 10-NQ/TU, 15/2012/QH13: a number with letters behind a slash or dash."""
    if not p.is_number(k):
        return 0
    end = k + 1
    if p.sign(end, "/") and p.is_number(end + 1) and p.sign(end + 2, "/-"):
        end += 2
    if not p.sign(end, "/-") or not p.is_word(end + 1) or p.gap(end + 1):
        return 0
    if p.seq(end + 1, _TIME_WORDS, EVERY_YEAR) or not _is_symbol(p, end + 1):
        return 0
    end += 2
    while not p.gap(end) and (
        p.is_number(end) or (p.sign(end, "/-&.") and not p.gap(end + 1) and _is_text(p, end + 1))
    ):
        end += 1 if p.is_number(end) else 2
    return end


def _is_text(p: Phrase, i: int) -> bool:
    return p.is_word(i) or p.is_number(i)


def _is_symbol(p: Phrase, i: int) -> bool:
    token = p.at(i)
    if token is None:
        return False
    dashed = p.sign(i + 1, "-/") and not p.gap(i + 1) and p.is_word(i + 2) and not p.gap(i + 2)
    return p.seq(i, SYMBOLS) > i or dashed or not _VOWELS & set(token.bare)


def _bare_number(p: Phrase, k: int, *, said_number: bool) -> int:
    """ "Nghị quyết 131", "Công văn số 123", "TCVN ISO 9001:2015": a number without letters."""
    if not p.is_number(k) or p.sign(k + 1, "%"):
        return 0
    if p.sign(k + 1, ":") and p.is_number(k + 2):
        return k + 3
    if p.sign(k + 1, "/.-") and p.is_number(k + 2):
        if said_number:
            raise UnreadableError(f"'số {p.show(k, k + 5)}' may be a document or a date")
        return 0
    if not said_number and (p.year(k) or p.seq(k + 1, _TIME_WORDS)):
        return 0
    return k + 1


def _date_of_document(p: Phrase, end: int, plan_year: int) -> int:
    """ "ngày 24/11/2021" right behind a document."""
    k = end + 1 if p.sign(end, ",(") else end
    day = p.seq(k, "ngày", "ban hành ngày", "ký ngày", "kí ngày")
    if not day or not p.is_number(day):
        return 0
    found = numeric(p, day, plan_year)
    if found is not None:
        return found.end
    named = month(p, day + 1, plan_year)
    return named.end if named is not None else 0
