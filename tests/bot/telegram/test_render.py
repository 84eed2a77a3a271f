"""A message as Telegram takes it: within its limits, nothing lost, nothing that people wrote taken for markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import (
    Block,
    Choice,
    Message,
    Span,
    Style,
    Tone,
    block,
    bold,
    code,
    italic,
    line,
    message,
)
from bot.pieces import marked_as_repeat
from bot.telegram.render import keyboard, split, to_html

LIMIT = 4096


def units(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def shown(piece: Message) -> str:
    """What a person sees: the HTML without its tags."""
    return html.unescape(re.sub(r"</?(?:b|i|code)>", "", to_html(piece)))


def texts(found: Block) -> list[str]:
    return ["".join(span.text for span in item) for item in found.lines]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (block("một"), "một"),
        (block("một", "hai"), "một\nhai"),
        (block(line("Hạn ", bold("31/03"))), "Hạn <b>31/03</b>"),
        (block(line(italic("muộn"))), "<i>muộn</i>"),
        (block(line(code("/start X"))), "<code>/start X</code>"),
        (block("a < b & c > d"), "a &lt; b &amp; c &gt; d"),
        (block(line(bold("<b>x</b>"))), "<b>&lt;b&gt;x&lt;/b&gt;</b>"),
        (block('"istorage.soctrang.gov.vn"'), '"istorage.soctrang.gov.vn"'),
        (block("&amp;"), "&amp;amp;"),
    ],
)
def test_lines_become_html_in_which_only_our_tags_are_tags(written: Block, expected: str) -> None:
    assert to_html(message(written)) == expected


def test_blocks_have_an_empty_line_between_them() -> None:
    assert to_html(message("một", "hai")) == "một\n\nhai"


def test_choices_become_rows_of_buttons() -> None:
    asked = message(
        "Xong?",
        choices=[
            [
                Choice(label="Có", action="yes:1", tone=Tone.YES),
                Choice(label="Thôi", action="no:1", tone=Tone.NO),
            ],
            [Choice(label="Xem", action="run:/due")],
        ],
    )

    markup = keyboard(asked)

    assert markup is not None
    assert [[(one.text, one.callback_data, one.style) for one in row] for row in markup.inline_keyboard] == [
        [("Có", "yes:1", "success"), ("Thôi", "no:1", None)],
        [("Xem", "run:/due", None)],
    ]


def test_a_message_without_choices_has_no_keyboard() -> None:
    assert keyboard(message("một")) is None


def test_a_repeat_says_so_first() -> None:
    assert to_html(marked_as_repeat(message("một"))) == "<i>(gửi lại, có thể anh/chị đã nhận)</i>\n\nmột"


def test_a_short_message_stays_whole() -> None:
    whole = message("một", "hai", choices=[[Choice(label="Xem", action="run:/due")]])

    assert split(whole) == [whole]


def test_the_choices_stand_under_the_last_piece() -> None:
    long = message(
        *(f"{number} " + "x" * 1000 for number in range(9)), choices=[[Choice(label="A", action="a")]]
    )

    pieces = split(long)

    assert len(pieces) > 1
    assert [bool(piece.choices) for piece in pieces] == [False] * (len(pieces) - 1) + [True]


def test_what_a_block_is_about_goes_with_each_part_of_it() -> None:
    huge = block(*("x" * 900 for _ in range(10)), about=(7,))

    pieces = split(message(huge))

    assert len(pieces) > 1
    assert {part.about for piece in pieces for part in piece.blocks} == {(7,)}


def test_a_line_that_no_message_holds_is_cut_and_says_so() -> None:
    [piece] = split(message("x" * 9000))

    assert units(shown(piece)) <= LIMIT
    assert shown(piece).endswith("…")


def test_length_is_counted_in_utf_16_units() -> None:
    two_units_each = "🏛" * 1500

    pieces = split(message(two_units_each, two_units_each))

    assert len(pieces) == 2


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("🔔⛔<>&ệở/"), min_size=1, max_size=300
)
SPANS = st.builds(Span, text=TEXTS, style=st.sampled_from(Style))
LINES = st.lists(SPANS, min_size=1, max_size=3).map(tuple)
BLOCKS = st.builds(
    Block,
    lines=st.lists(LINES, min_size=1, max_size=6).map(tuple),
    about=st.tuples(st.integers(1, 99)),
)
MESSAGES = st.builds(
    Message,
    blocks=st.lists(BLOCKS, min_size=1, max_size=40).map(tuple),
    choices=st.just(((Choice(label="Xem", action="run:/due"),),)),
)


@given(MESSAGES)
def test_every_piece_fits_also_as_a_repeat(whole: Message) -> None:
    for piece in split(whole):
        again = marked_as_repeat(piece)

        assert units(shown(again)) <= LIMIT
        # A hundred entities are shown at most; the repeat's mark is one.
        assert len(re.findall(r"<(?:b|i|code)>", to_html(again))) <= 100


@given(MESSAGES)
def test_all_blocks_survive_in_their_order(whole: Message) -> None:
    pieces = split(whole)

    lines_before = [text for found in whole.blocks for text in texts(found)]
    lines_after = [text for piece in pieces for found in piece.blocks for text in texts(found)]
    assert lines_after == lines_before
    assert [found for piece in pieces for found in piece.blocks] == list(whole.blocks)
    assert all(piece.blocks for piece in pieces)


@given(st.lists(st.text(min_size=0, max_size=9000), min_size=1, max_size=3))
def test_nothing_that_can_be_said_is_too_long(said: list[str]) -> None:
    for piece in split(message(*said)):
        assert units(shown(marked_as_repeat(piece))) <= LIMIT
