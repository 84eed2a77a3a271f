"""What people say around their words is told from what they say."""

import pytest

from bot.courtesy import is_thanks, without_courtesy


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Ok em.", "ok"),
        ("dạ đồng ý nhé anh", "đồng ý"),
        ("14 ạ", "14"),
        ("em chọn số 2 nghen", "chọn số 2"),
        ("dạ", "dạ"),
        ("em", "em"),
        ("không xong em ơi", "không xong"),
        ("", ""),
    ],
)
def test_courtesy_is_taken_from_around_an_answer_until_a_word_is_left(said: str, meant: str) -> None:
    assert without_courtesy(said)[-1] == meant


@pytest.mark.parametrize("said", ["cảm ơn em", "Cam on nhieu nhe!", "dạ", "👍", "tks em", "vâng ạ"])
def test_thanks_are_nothing_but_thanks(said: str) -> None:
    assert is_thanks(said)


@pytest.mark.parametrize("said", ["cảm ơn 2.6a", "em hỏi chút", "chưa"])
def test_what_says_more_is_no_thanks(said: str) -> None:
    assert not is_thanks(said)
