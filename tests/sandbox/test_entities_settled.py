import pytest

from sandbox.entities.detect import detect
from sandbox.entities.html import parse_html
from sandbox.entities.model import Entity, FormattedText
from sandbox.entities.render import render_html
from sandbox.entities.settle import settle

FOUND = [
    ("/due", [("bot_command", 0, 4)]),
    ("/due@nhacviec_bot hôm nay", [("bot_command", 0, 17)]),
    ("/done_2_6a", [("bot_command", 0, 10)]),
    ("/done 2.6a", [("bot_command", 0, 5)]),
    ("xong rồi /due", [("bot_command", 9, 4)]),
    ("/hạn", []),
    ("a/b 01/4/2023 </x", []),
    ("📌 @nhacviec_bot ơi", [("mention", 3, 13)]),
    ("lan@soctrang.gov.vn", [("email", 0, 19)]),
    ("xem https://soctrang.gov.vn/a?b=1.", [("url", 4, 29)]),
    ("xem soctrang.gov.vn nhé", [("url", 4, 15)]),
    ("#cchc #2023", [("hashtag", 0, 5)]),
]


@pytest.mark.parametrize(("text", "entities"), FOUND)
def test_commands_mentions_and_addresses_are_found(text: str, entities: list[tuple[str, int, int]]) -> None:
    assert [(one.type, one.offset, one.length) for one in detect(text)] == entities


def test_space_around_a_text_goes_and_the_entities_follow() -> None:
    settled = settle(parse_html("\n\n <b>hạn </b> \n"))

    assert settled == FormattedText(text="hạn", entities=(Entity(type="bold", offset=0, length=3),))


def test_entities_are_ordered_and_code_loses_what_is_nested_in_it() -> None:
    settled = settle(parse_html("<b>a<code>/due <i>x</i></code>b</b>"))

    assert [(one.type, one.offset, one.length) for one in settled.entities] == [
        ("bold", 0, 1),
        ("code", 1, 6),
        ("bold", 7, 1),
    ]


def test_after_the_hundredth_entity_the_rest_is_lost() -> None:
    settled = settle(parse_html("<b>x</b> " * 101))

    assert len(settled.entities) == 100


RENDERED = [
    ("<b>a &lt;i> &amp;</b>", "<b>a &lt;i&gt; &amp;</b>"),
    ("📌<i>x</i>", "📌<i>x</i>"),
    ("<b>a<i>b</i></b>", "<b>a<i>b</i></b>"),
    (
        '<a href="https://a.vn/?x=&quot;&amp;y">x</a>',
        '<a href="https://a.vn/?x=&quot;&amp;y" target="_blank" rel="noopener noreferrer">x</a>',
    ),
    ("<tg-spoiler>x</tg-spoiler>", '<span class="spoiler">x</span>'),
]


@pytest.mark.parametrize(("source", "shown"), RENDERED)
def test_a_message_becomes_safe_html(source: str, shown: str) -> None:
    settled = settle(parse_html(source))

    assert render_html(settled.text, [one.as_api() for one in settled.entities]) == shown


def test_crossing_entities_still_give_tags_that_nest() -> None:
    crossing = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]

    assert render_html("abc", crossing) == "<b>a<i>b</i></b><i>c</i>"
