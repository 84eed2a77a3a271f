import pytest

from sandbox.entities.markdown import parse_markdown
from sandbox.entities.markdown_v2 import parse_markdown_v2
from sandbox.entities.model import EntityError

V2 = [
    ("*đậm* _nghiêng_", "đậm nghiêng", [("bold", 0, 3), ("italic", 4, 7)]),
    ("__gạch__ ~bỏ~ ||ẩn||", "gạch bỏ ẩn", [("underline", 0, 4), ("strikethrough", 5, 2), ("spoiler", 8, 2)]),
    ("📌 *x*", "📌 x", [("bold", 3, 1)]),
    ("*a _b_*", "a b", [("italic", 2, 1), ("bold", 0, 3)]),
    (r"2\.6a \- xong\!", "2.6a - xong!", []),
    ("`a.b`", "a.b", [("code", 0, 3)]),
    ("```py\nx=1```", "x=1", [("pre", 0, 3)]),
    ("[x](https://a.vn/)", "x", [("text_link", 0, 1)]),
    ("![👍](tg://emoji?id=5368324170671202286)", "👍", [("custom_emoji", 0, 2)]),
    (">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 3)]),
    (">a||", "a", [("expandable_blockquote", 0, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "text", "entities"), V2)
def test_markdown_v2_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed = parse_markdown_v2(source)

    assert parsed.text == text
    assert [(one.type, one.offset, one.length) for one in parsed.entities] == entities


V2_REFUSED = [
    ("2.6a", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
    ("hạn *x", "Can't find end of Bold entity at byte offset 6"),
    ("_x", "Can't find end of Italic entity at byte offset 0"),
    ("`x", "Can't find end of Code entity at byte offset 0"),
    ("[x](http://a", "Can't find end of a URL at byte offset 3"),
]


@pytest.mark.parametrize(("source", "words"), V2_REFUSED)
def test_broken_markdown_v2_is_refused_in_telegrams_words(source: str, words: str) -> None:
    with pytest.raises(EntityError) as refusal:
        parse_markdown_v2(source)

    assert str(refusal.value) == words


OLD = [
    ("*đậm* và _x_", "đậm và x", [("bold", 0, 3), ("italic", 7, 1)]),
    ("2.6a - (x)", "2.6a - (x)", []),
    ("[x](https://a.vn/)", "x", [("text_link", 0, 1)]),
    (r"a\_b", "a_b", []),
    ("```py\nx```", "x", [("pre", 0, 1)]),
]


@pytest.mark.parametrize(("source", "text", "entities"), OLD)
def test_the_old_markdown_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed = parse_markdown(source)

    assert parsed.text == text
    assert [(one.type, one.offset, one.length) for one in parsed.entities] == entities


def test_an_underscore_without_its_pair_is_refused_in_the_old_markdown() -> None:
    with pytest.raises(EntityError, match="Can't find end of the entity starting at byte offset 6"):
        parse_markdown("hạn _b")
