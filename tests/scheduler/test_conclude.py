"""What is written down after the call for a piece: the rest of a message, as it goes on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.channel import Sent, TokenRefused
from bot.message import Choice, Message, from_json, message, to_json
from bot.zalo.render import split
from scheduler.conclude import conclude
from scheduler.texts import Text
from store.claims import Claim
from store.outcomes import PieceSent, Settled
from store.states import OutboxKind, OutboxState

NOW = datetime(2023, 3, 13, 1, tzinfo=UTC)
CLAIM = Claim(
    id=1,
    token="t",
    send_at=NOW,
    lease_until=NOW + timedelta(minutes=2),
    chat_id=1,
    channel="zalo",
    address="a",
    is_group=False,
    sparing=True,
    suspended=False,
    kind=OutboxKind.REPLY,
    body=None,
    morning=None,
    replaces=None,
    acknowledges=None,
    replies_to=None,
    attempts=1,
    repeat=False,
    created_at=NOW,
    external_ids=(),
)


def test_choices_that_no_message_holds_all_leave_one_piece_after_the_other() -> None:
    choices = [[Choice(label=f"{number} " + "x" * 180, action=f"a{number}")] for number in range(40)]
    whole = message("Chọn:", choices=choices)

    sent = sent_pieces(whole)

    assert len(sent) > 3
    assert [row for piece in sent for row in piece.choices] == list(whole.choices)
    assert [part for piece in sent for part in piece.blocks] == list(whole.blocks)


def test_what_has_lost_its_use_while_the_token_was_refused_says_so() -> None:
    old = replace(CLAIM, created_at=NOW - timedelta(hours=24))

    concluded = conclude(old, None, (), TokenRefused(), called_at=NOW, jitter=0, now=NOW)

    error = "lost its use: token refused"
    assert concluded.entry.record == Settled(claim=old, state=OutboxState.FAILED, error=error)


def sent_pieces(whole: Message) -> list[Message]:
    """The pieces as the row keeps what is left after each."""
    claim, sent = replace(CLAIM, body=to_json(whole)), list[Message]()
    while True:
        said = from_json(claim.body or {})
        pieces = split(said)
        sent.append(pieces[0])
        concluded = conclude(
            claim,
            Text(message=said, made_at=NOW, notices={}),
            pieces,
            Sent(external_id=f"{len(sent)}"),
            called_at=NOW,
            jitter=0,
            now=NOW,
        )
        match concluded.entry.record:
            case PieceSent(rest=rest):
                claim = replace(claim, body=rest, external_ids=(*claim.external_ids, f"{len(sent)}"))
            case Settled(state=OutboxState.SENT):
                return sent
            case other:
                raise AssertionError(other)
