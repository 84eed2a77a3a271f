"""What arrives on Zalo of what the bot says, through a real server that speaks as the platform does."""

from bot.channel import Channel, Destination, Outcome, Refused, Sent
from bot.message import Choice, Message, block, bold, line, message, tappable
from tests.bot.zalo.lan import Lan, open_channel

BADLY_STYLED = "Bad Request: text_styles must lie within the text"


async def send(
    lan: Lan, said: Message, *, repeat: bool = False, destination: Destination | None = None
) -> Outcome:
    """Through the seam that the deliverer sees."""
    async with open_channel(lan.town.url) as opened:
        channel: Channel = opened
        return await channel.send(said, destination or Destination(address=lan.address), repeat=repeat)


async def texts(lan: Lan) -> list[str]:
    return [found["text"] for found in await lan.messages()]


async def test_a_message_arrives_as_plain_words_with_its_styles_and_numbers(lan: Lan) -> None:
    said = message(
        block(
            line("🔔 ", bold("2.6a"), " <Rà soát>"), line("Xong: ", tappable("/done_2_6a", typed="xong 2.6a"))
        ),
        choices=[[Choice(label="Việc đến hạn", action="run:/due", number=12)]],
    )

    outcome = await send(lan, said)

    [arrived] = await lan.messages()
    assert isinstance(outcome, Sent)
    assert arrived["text"] == "🔔 2.6a <Rà soát>\nXong: “xong 2.6a”\n\nTrả lời bằng số:\n12. Việc đến hạn"
    assert arrived["html"].startswith("🔔 <b>2.6a</b> &lt;Rà soát&gt;")


async def test_a_repeat_is_marked(lan: Lan) -> None:
    await send(lan, message("một"), repeat=True)

    assert await texts(lan) == ["(gửi lại, có thể anh/chị đã nhận)\n\nmột"]


async def test_what_zalo_cannot_do_comes_as_a_plain_new_message(lan: Lan) -> None:
    first = await send(lan, message("một"))
    assert isinstance(first, Sent)

    wanted = Destination(
        address=lan.address, replaces=first.external_id, replies_to="5", acknowledges="7", pins=True
    )

    again = await send(lan, message("hai"), destination=wanted)

    assert isinstance(again, Sent)
    assert again.external_id != first.external_id
    assert await texts(lan) == ["một", "hai"]


async def test_words_whose_styles_are_refused_go_without_them(lan: Lan) -> None:
    await lan.town.fault("status", status=400, description=BADLY_STYLED, platform="zalo")

    outcome = await send(lan, message(block(line(bold("một")))))

    [arrived] = await lan.messages()
    assert isinstance(outcome, Sent)
    assert (arrived["text"], arrived.get("html")) == ("một", "một")


async def test_words_without_styles_that_are_refused_are_not_sent_again(lan: Lan) -> None:
    await lan.town.fault("status", status=400, description=BADLY_STYLED, platform="zalo")

    outcome = await send(lan, message("một"))

    assert outcome == Refused(reason=BADLY_STYLED, suspends=False)
    assert await texts(lan) == []


async def test_styled_words_that_are_refused_for_another_reason_are_not_sent_again(lan: Lan) -> None:
    await lan.town.fault("status", status=400, description="Bad Request", platform="zalo")

    assert await send(lan, message(block(line(bold("một"))))) == Refused(reason="Bad Request", suspends=False)
    assert await texts(lan) == []


async def test_every_piece_of_a_long_message_is_taken(lan: Lan) -> None:
    items = (
        block(
            line(bold(f"1.{number} "), "ệ🔔" * 150),
            choices=[Choice(label=f"✅ 1.{number}", action=f"run:/done 1.{number}", number=number)],
        )
        for number in range(1, 30)
    )
    async with open_channel(lan.town.url) as channel:
        pieces = channel.pieces(message(*items, choices=[[Choice(label="Tất cả", action="a", number=99)]]))

        outcomes = [
            await channel.send(piece, Destination(address=lan.address), repeat=True) for piece in pieces
        ]

    assert len(pieces) > 5
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert "\n".join(await texts(lan)).count("✅ 1.") == 29
    assert (await texts(lan))[-1].endswith("99. Tất cả")
