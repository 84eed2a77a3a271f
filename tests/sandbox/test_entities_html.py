import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.entities.html import parse_html
from sandbox.entities.model import EntityError, utf16_length, utf16_slice

READ = [
    ("plain", "plain", []),
    ("<b>đậm</b>", "đậm", [("bold", 0, 3)]),
    ("<STRONG>x</strong>", "x", [("bold", 0, 1)]),
    ("📌 <b>hạn</b>", "📌 hạn", [("bold", 3, 3)]),
    ("<i>👨‍👩‍👧</i>!", "👨‍👩‍👧!", [("italic", 0, 8)]),
    ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
    ("<s>a</s><del>b</del>", "ab", [("strikethrough", 0, 1), ("strikethrough", 1, 1)]),
    ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
    ("<b>a<i>b</i></b>", "ab", [("italic", 1, 1), ("bold", 0, 2)]),
    ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;", '1 < 2 && 3 > 2 "', []),
    ("&#7841;&#x1F4CC;<b>x</b>", "ạ📌x", [("bold", 3, 1)]),
    ("AT&T &nbsp; &unknown;", "AT&T &nbsp; &unknown;", []),
    ("a > b", "a > b", []),
    ("<b></b>x", "x", []),
    ("<code class=\"language-py\">x</code>", "x", [("code", 0, 1)]),
    ('<a href="javascript:alert(1)">x</a>', "x", []),
    ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
    ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "text", "entities"), READ)
def test_html_is_read_with_offsets_in_utf16_units(
    source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    parsed = parse_html(source)

    assert parsed.text == text
    assert [(one.type, one.offset, one.length) for one in parsed.entities] == entities


WITH_FIELDS = [
    ('<a href="https://soctrang.gov.vn">x</a>', "text_link", {"url": "https://soctrang.gov.vn/"}),
    ("<a href='soctrang.gov.vn/a?b=1&amp;c=2'>x</a>", "text_link", {"url": "http://soctrang.gov.vn/a?b=1&c=2"}),
    ('<a href="tg://user?id=1001">x</a>', "text_mention", {"user": {"id": 1001}}),
    ('<pre><code class="language-python">x</code></pre>', "pre", {"language": "python"}),
    ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "custom_emoji", {"custom_emoji_id": "5368324170671202286"}),
    ('<tg-time unix="1647531900">17/3</tg-time>', "date_time", {"unix_time": 1647531900}),
    ('<tg-time unix="1" format="wDT">x</tg-time>', "date_time", {"unix_time": 1, "date_time_format": "wDT"}),
]  # fmt: skip


@pytest.mark.parametrize(("source", "kind", "extra"), WITH_FIELDS)
def test_a_tag_with_an_attribute_keeps_what_it_says(source: str, kind: str, extra: dict[str, object]) -> None:
    (entity,) = parse_html(source).entities

    assert (entity.type, entity.extra) == (kind, extra)


REFUSED = [
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("ạ</b>", "Unexpected end tag at byte offset 3"),
    ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("hạn <br>", 'Unsupported start tag "br" at byte offset 6'),
    ("1 < 2 > 0", 'Unsupported start tag "" at byte offset 2'),
    ("a <b", "Unclosed start tag at byte offset 2"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
    ('<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<a href=http://x.vn>x</a>", "Unexpected end of name token at byte offset 8"),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
    ('<tg-emoji emoji-id="x">👍</tg-emoji>', "Invalid custom emoji identifier specified"),
]


@pytest.mark.parametrize(("source", "words"), REFUSED)
def test_broken_html_is_refused_in_telegrams_words_with_the_byte_offset(source: str, words: str) -> None:
    with pytest.raises(EntityError) as refusal:
        parse_html(source)

    assert str(refusal.value) == words


@given(st.text(st.sampled_from("ab ạ📌<>/&;=\"'#123pre-code"), max_size=40))
def test_any_input_is_either_read_or_refused_and_entities_lie_inside_the_text(source: str) -> None:
    try:
        parsed = parse_html(source)
    except EntityError:
        return

    assert all(0 <= one.offset < one.end <= utf16_length(parsed.text) for one in parsed.entities)


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_a_bold_stretch_covers_exactly_what_was_bold(before: str, bold: str) -> None:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;")

    parsed = parse_html(f"{escaped(before)}<b>{escaped(bold)}</b>")

    (entity,) = parsed.entities
    assert utf16_slice(parsed.text, entity.offset, entity.length) == bold
