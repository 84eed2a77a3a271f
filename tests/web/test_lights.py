"""What a lamp of the board says of an agency's figures in an area: the worst that is true."""

import pytest

from store.figures import Figures
from web.board.lights import NAMES, SIGNS, Lamp, Light, lamp_of


@pytest.mark.parametrize(
    ("figures", "soon", "lamp"),
    [
        (Figures(open_late=2, open_in_term=5, done_in_term=1), 3, Lamp(light=Light.LATE, count=2)),
        (Figures(open_in_term=5, done_late=1), 3, Lamp(light=Light.SOON, count=3)),
        (Figures(open_in_term=5, done_in_term=1), 0, Lamp(light=Light.IN_TERM, count=5)),
        (Figures(done_in_term=3, done_late=1, undated=2), 0, Lamp(light=Light.DONE, count=4)),
        (Figures(undated=2, waived=1), 0, Lamp(light=Light.NONE, count=3)),
        (Figures(), 0, Lamp(light=Light.NONE, count=0)),
    ],
)
def test_a_lamp_says_the_worst(figures: Figures, soon: int, lamp: Lamp) -> None:
    assert lamp_of(figures, soon) == lamp


def test_no_two_lights_have_the_same_sign_or_name() -> None:
    assert len(set(SIGNS.values())) == len(set(NAMES.values())) == len(Light)
