"""A message as Zalo takes it: plain words within its limit, nothing lost, styles where they belong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import (
    Block,
    Choice,
    Line,
    Message,
    Span,
    Style,
    block,
    bold,
    code,
    italic,
    line,
    message,
    tappable,
)
from bot.pieces import marked_as_repeat
from bot.zalo.api import TextStyle
from bot.zalo.render import Written, split, write

LIMIT = 2000


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def styled(written: Written) -> list[tuple[str, str]]:
    """What stands in which style."""
    text = written.text.encode("utf-16-le")
    return [
        (text[2 * one.start : 2 * (one.start + one.length)].decode("utf-16-le"), style)
        for one in written.styles
        for style in one.styles
    ]


def a_choice(number: int | None, label: str) -> Choice:
    return Choice(label=label, action=f"run:{label}", number=number)


@pytest.mark.parametrize(
    ("said", "text", "styles"),
    [
        (block("một", "hai"), "một\nhai", []),
        (block(line("Hạn ", bold("31/03"))), "Hạn 31/03", [("31/03", "b")]),
        (block(line("🏛 ", italic("muộn"))), "🏛 muộn", [("muộn", "i")]),
        (block("😀", line(bold("😀 a"), " b")), "😀\n😀 a b", [("😀 a", "b")]),
        (block(line(code("/start X"))), "/start X", []),
        (block("a < b *c* _d_ & <b>e</b>"), "a < b *c* _d_ & <b>e</b>", []),
        (block("https://soctrang.gov.vn/a_b"), "https://soctrang.gov.vn/a_b", []),
        (block(line("Nhắn: ", tappable("/done_2_6a", typed="xong 2.6a"))), "Nhắn: “xong 2.6a”", []),
        (block(line(bold(""), "x")), "x", []),
    ],
)
def test_lines_become_plain_text_with_styles_beside_it(
    said: Block, text: str, styles: list[tuple[str, str]]
) -> None:
    written = write(message(said))

    assert written.text == text
    assert styled(written) == styles


def test_positions_are_counted_in_utf_16_units_over_the_whole_text() -> None:
    written = write(message("😀", block(line("ệ ", bold("x")))))

    assert written == Written(text="😀\n\nệ x", styles=(TextStyle(start=6, length=1, styles=("b",)),))


def test_an_items_choices_stand_under_it_and_the_others_at_the_end() -> None:
    morning = message(
        block("2.6a Báo cáo", choices=[a_choice(7, "✅ 2.6a")]),
        block("3.1 Đề án", choices=[a_choice(8, "✅ 3.1"), a_choice(9, "⏰ 3.1")]),
        "Chúc anh/chị một ngày tốt lành.",
        choices=[[a_choice(10, "Tất cả"), a_choice(11, "Quá hạn")]],
    )

    assert write(morning).text == (
        "2.6a Báo cáo\n   7. ✅ 2.6a\n\n"
        "3.1 Đề án\n   8. ✅ 3.1\n   9. ⏰ 3.1\n\n"
        "Chúc anh/chị một ngày tốt lành.\n\n"
        "Trả lời bằng số:\n10. Tất cả\n11. Quá hạn"
    )


def test_where_all_choices_stand_under_items_the_end_says_how_to_choose() -> None:
    assert write(message(block("2.6a", choices=[a_choice(7, "✅ 2.6a")]), "Hết.")).text == (
        "2.6a\n   7. ✅ 2.6a\n\nHết.\n\nTrả lời bằng số để chọn."
    )


def test_a_choice_under_an_item_is_not_written_again() -> None:
    same = a_choice(None, "✅ 2.6a")
    twice = message(block("2.6a", choices=[same]), block("lại 2.6a", choices=[same]), choices=[[same]])

    [piece] = split(twice)

    assert write(piece).text.count("✅ 2.6a") == 1
    assert write(twice).text.count("✅ 2.6a") == 1


def test_a_choice_under_an_item_of_an_earlier_piece_is_not_written_again() -> None:
    same = a_choice(None, "✅ 2.6a")
    long = message(block("x" * 1500, choices=[same]), "y" * 1500, choices=[[same]])

    pieces = split(long)

    assert len(pieces) == 2
    assert sum(write(piece).text.count("✅ 2.6a") for piece in pieces) == 1


def test_the_choices_of_a_message_stand_under_its_last_piece() -> None:
    pieces = split(message("x" * 1500, "y" * 1500, choices=[[a_choice(None, "A")]]))

    assert [piece.rows() for piece in pieces] == [(), ((a_choice(None, "A"),),)]


def test_a_question_moves_on_with_its_choices_rather_than_without_them() -> None:
    asked = message("x" * 1800, "Xong?", choices=[[a_choice(None, "A" * 190)]])

    pieces = split(asked)

    assert [piece.blocks for piece in pieces] == [(asked.blocks[0],), (asked.blocks[1],)]


def test_an_items_choices_stand_under_its_last_part_and_each_part_is_of_the_same_news() -> None:
    item = block("x" * 1500, "y" * 1500, about=(7,), choices=[a_choice(None, "A")])

    pieces = split(message(replace(item, news=3)))

    assert [bool(piece.rows()) for piece in pieces] == [False, True]
    assert [part.news for piece in pieces for part in piece.blocks] == [3, 3]
    assert {part.about for piece in pieces for part in piece.blocks} == {(7,)}


def test_more_choices_than_a_message_holds_go_on_in_the_next() -> None:
    many = [[a_choice(None, f"{number} " + "A" * 150)] for number in range(30)]

    pieces = split(message("Chọn:", choices=many))

    assert [row for piece in pieces for row in piece.choices] == [tuple(row) for row in many]
    assert all(units(write(piece).text) <= LIMIT for piece in pieces)


def test_a_line_that_no_message_holds_is_cut_and_says_so() -> None:
    [piece] = split(message("x" * 9000))

    assert LIMIT - 100 < units(write(piece).text) <= LIMIT
    assert write(piece).text.endswith("…")


def test_a_command_that_would_be_cut_is_left_out() -> None:
    long = block(line("x" * 1950, tappable("/done_2_6a", typed="xong 2.6a " + "y" * 90)))

    [piece] = split(message(long))

    assert write(piece).text.endswith("x…")


def test_a_repeat_says_so_first() -> None:
    written = write(marked_as_repeat(message("một")))

    assert written.text == "(gửi lại, có thể anh/chị đã nhận)\n\nmột"
    assert styled(written) == [("(gửi lại, có thể anh/chị đã nhận)", "i")]


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("🔔⛔<>&ệở/"), min_size=1, max_size=150
)
SPANS = st.builds(
    Span,
    text=TEXTS,
    style=st.sampled_from(Style),
    typed=st.none() | st.just("xong 2.6a"),
)
LINES = st.lists(SPANS, min_size=1, max_size=3).map(tuple)
CHOICES = st.builds(Choice, label=TEXTS, action=st.integers(0, 30).map("run:{}".format))
BLOCKS = st.builds(
    Block,
    lines=st.lists(LINES, min_size=1, max_size=6).map(tuple),
    about=st.tuples(st.integers(1, 99)),
    choices=st.lists(CHOICES, max_size=4).map(tuple),
)
MESSAGES = st.builds(
    Message,
    blocks=st.lists(BLOCKS, min_size=1, max_size=20).map(tuple),
    choices=st.lists(st.lists(CHOICES, min_size=1, max_size=8).map(tuple), max_size=6).map(tuple),
)


def numbered(piece: Message) -> Message:
    """As a piece leaves: with numbers as long as they get."""

    def given(choice: Choice) -> Choice:
        return replace(choice, number=100)

    return replace(
        piece,
        blocks=tuple(
            replace(part, choices=tuple(given(choice) for choice in part.choices)) for part in piece.blocks
        ),
        choices=tuple(tuple(given(choice) for choice in row) for row in piece.choices),
    )


def in_words(item: Line) -> str:
    return "".join(f"“{span.typed}”" if span.typed else span.text for span in item)


@given(MESSAGES)
def test_every_piece_fits_also_as_a_repeat_with_numbers(whole: Message) -> None:
    for piece in split(whole):
        written = write(marked_as_repeat(numbered(piece)))

        assert 1 <= units(written.text) <= LIMIT


@given(MESSAGES)
def test_nothing_is_lost_and_all_stays_in_its_order(whole: Message) -> None:
    pieces = split(whole)

    text = "\n".join(write(numbered(piece)).text for piece in pieces)
    at = 0
    for item in (item for part in whole.blocks for item in part.lines):
        at = text.index(in_words(item), at) + len(in_words(item))
    for choice in (choice for row in whole.rows() for choice in row):
        assert f"100. {choice.label}" in text
    assert {part.about for piece in pieces for part in piece.blocks} == {part.about for part in whole.blocks}


@given(MESSAGES)
def test_styles_lie_within_the_text_and_do_not_overlap(whole: Message) -> None:
    for piece in split(whole):
        written = write(piece)

        end = 0
        for style in written.styles:
            assert style.start >= end
            assert style.length > 0
            end = style.start + style.length
        assert end <= units(written.text)


@given(MESSAGES)
def test_a_block_that_fits_a_message_is_never_cut(whole: Message) -> None:
    pieces = split(whole)

    parts = [part for piece in pieces for part in piece.blocks]
    assert all(
        found in parts
        for found in whole.blocks
        if units(write(marked_as_repeat(numbered(message(found)))).text) <= LIMIT
    )


@given(st.lists(st.text(min_size=1, max_size=5000), min_size=1, max_size=3))
def test_nothing_that_can_be_said_is_too_long(said: list[str]) -> None:
    for piece in split(message(*said)):
        assert units(write(marked_as_repeat(piece)).text) <= LIMIT
