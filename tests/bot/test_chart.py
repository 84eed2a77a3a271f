"""/chart: one picture, chosen by a word, for who oversees a plan."""

import pytest

from bot.message import Paper
from bot.wording import NOT_ITS_ROLE
from store.states import Role
from tests.bot.office import PLAN, Office, labels, plain


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        ("/chart lĩnh vực", "area"),
        ("biểu đồ theo cơ quan", "agency"),
        ("bieu do nam", "burn-up"),
        (f"/chart năm {PLAN.key}", "burn-up"),
    ],
)
async def test_a_chart_is_sent_with_the_answer(office: Office, typed: str, about: str) -> None:
    await office.bind("", role=Role.LEADER)

    answer = await office.say(typed)

    assert answer.paper == Paper(kind="chart", about=f"{about}:{PLAN.key}")
    assert PLAN.document in plain(answer)


async def test_without_a_word_that_names_one_the_charts_are_offered(office: Office) -> None:
    await office.bind_standing_office()

    offered = await office.say("/chart")
    chosen = (await office.tap(offered, "Tiến độ cả năm")).message

    assert offered.paper is None
    assert labels(offered) == ["Theo lĩnh vực", "Theo cơ quan", "Tiến độ cả năm"]
    assert chosen.paper == Paper(kind="chart", about=f"burn-up:{PLAN.key}")


async def test_officers_have_no_chart(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/chart")) == plain(NOT_ITS_ROLE)
