"""What must hold in the chats and in the store after a death, whenever it came."""

from collections import Counter
from dataclasses import dataclass

from store.states import InboxState, NoticeState, OutboxState
from tests.app.town import Seen
from tests.crash.office import HKS, STP, TOLD, Kept, Morning

MARK = "(gửi lại, có thể anh/chị đã nhận)\n\n"
WRITTEN = "✅ Đã ghi nhận xong."
# /due, the question, its answer, and the mornings of three agencies.
MESSAGES = 6


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message of the bot: what it says without the mark, and whether it has it."""

    text: str
    marked: bool


def heard_in(messages: list[Seen]) -> list[Heard]:
    return [
        Heard(text=message.text.removeprefix(MARK), marked=message.text.startswith(MARK))
        for message in messages
    ]


def codes_in(text: str) -> list[str]:
    """What a message reminds of: "1.12" for "/done_1_12"."""
    words = [word for word in text.split() if word.startswith("/done_")]
    return [word.removeprefix("/done_").replace("_", ".") for word in words]


async def broken_laws(morning: Morning) -> list[str]:
    """What was lost, or repeated without saying so; an empty list when all is well."""
    broken: list[str] = []
    marked = 0
    for chat, told in TOLD.items():
        messages = await morning.town.heard(chat)
        heard = _as_first_heard(messages, morning)
        marked += sum(one.marked for one in heard)
        mornings = [one for one in heard if one.text.startswith("🔔")]
        answers = [one for one in heard if not one.text.startswith("🔔")]
        lines = {
            side: Counter(code for one in mornings if one.marked is side for code in codes_in(one.text))
            for side in (False, True)
        }
        broken += [f"{chat}: {code} is lost" for code in told if not lines[False][code] + lines[True][code]]
        broken += [
            f"{chat}: nobody asked for {code}" for code in lines[False] | lines[True] if code not in told
        ]
        for side, which in ((False, "without the mark"), (True, "with the mark")):
            broken += [
                f"{chat}: {code} is there {count} times {which}"
                for code, count in lines[side].items()
                if count > 1
            ]
        broken += _broken_answers(chat, answers)
    at_last = await morning.town.heard(HKS)
    broken += _not_written(at_last, morning)
    marked += sum(one.marked and WRITTEN in one.text for one in heard_in(at_last))
    if marked > morning.in_flight:
        broken.append(f"{marked} are marked, and {morning.in_flight} were in flight")
    return broken + _badly_kept(await morning.kept())


def _as_first_heard(messages: list[Seen], morning: Morning) -> list[Heard]:
    """The message that was tapped has become its answer since; it counts as what it was when it came."""
    question = morning.question
    assert question is not None
    return heard_in([question if message.id == question.id else message for message in messages])


def _broken_answers(chat: int, answers: list[Heard]) -> list[str]:
    if chat == STP:
        return [f"{chat}: an answer to nothing" for _ in answers]
    texts = {one.text for one in answers}
    broken = [] if len(texts) == 1 else [f"{chat}: {len(texts)} answers to one question"]
    unmarked = sum(not one.marked for one in answers)
    if unmarked > 1:
        broken.append(f"{chat}: the answer is there {unmarked} times without the mark")
    if len(answers) - unmarked > 1:
        broken.append(f"{chat}: the answer is there {len(answers) - unmarked} times with the mark")
    return broken


def _not_written(messages: list[Seen], morning: Morning) -> list[str]:
    """The tap is answered in place of the question, once, whatever stands above it."""
    assert morning.question is not None
    written = [message.id for message in messages if WRITTEN in message.text]
    return [] if written == [morning.question.id] else ["the tap was not answered in its place"]


def _badly_kept(kept: Kept) -> list[str]:
    lines = sum(len(codes) for codes in TOLD.values())
    wanted = Kept(
        outbox={OutboxState.SENT: MESSAGES},
        notices={NoticeState.SENT: lines},
        inbox={InboxState.HANDLED: 3},
        done=1,
        in_flight=kept.in_flight,
    )
    return [] if kept == wanted else [f"the store has {kept}"]
