"""What must hold in the chats and in the store after a death, whenever it came."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from store.states import InboxState, NoticeState, OutboxState
from tests.app.town import Seen
from tests.crash.office import Kept, Morning, note_for

MARK = "(gửi lại, có thể anh/chị đã nhận)\n\n"
WRITTEN = "✅ Đã ghi nhận xong."
NEWS = "📨 Tin mới"
# The list, the question, its answer, and the mornings of three agencies.
MESSAGES = 6


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message of the bot: what it says without the mark, whether it has it, what rode with it, and whether that is marked
    here or above."""

    text: str
    marked: bool
    news: str
    news_marked: bool

    @property
    def is_morning(self) -> bool:
        return self.text.startswith("🔔")


def heard_in(messages: list[Seen]) -> list[Heard]:
    found = []
    for message in messages:
        marked = message.text.startswith(MARK)
        text, _, news = message.text.removeprefix(MARK).partition(NEWS)
        news_marked = marked or MARK.strip() in news
        found.append(Heard(text=text.strip(), marked=marked, news=news, news_marked=news_marked))
    return found


async def broken_laws(morning: Morning) -> list[str]:
    """What was lost, or repeated without saying so; an empty list when all is well."""
    broken: list[str] = []
    marked = shown = 0
    for agency, seat in morning.customs.seats.items():
        messages = await morning.town.heard(seat.chat)
        heard = heard_in(_as_it_came(messages, morning))
        shown += len(messages)
        marked += sum(one.marked for one in heard)
        broken += [f"{agency}: {complaint}" for complaint in _broken_in(heard, agency, morning)]
        if morning.customs.in_place and agency == "HKS":
            broken += _not_in_place(messages, morning)
            marked += sum(one.marked and WRITTEN in one.text for one in heard_in(messages))
    if marked > morning.in_flight:
        broken.append(f"{marked} are marked, and {morning.in_flight} were in flight")
    if morning.lost not in _may_be_lost(morning):
        broken.append(f"{morning.lost} words of officers are lost")
    return broken + _badly_kept(await morning.kept(), morning, shown)


def _may_be_lost(morning: Morning) -> tuple[int, ...]:
    """Where an event is handed out for good, just the one that is between the answer and the inbox; at other steps it may be
    under way by chance."""
    if not morning.customs.forgets or morning.died_at is None:
        return (0,)
    is_between = morning.died_at.startswith(
        ("after the answer to getUpdates", "before the commit of insert inbox")
    )
    return (1,) if is_between else (0, 1)


def _as_it_came(messages: list[Seen], morning: Morning) -> list[Seen]:
    """A message that is answered in its place counts as what it was when it came."""
    question = morning.question
    assert question is not None
    return [question if message.id == question.id else message for message in messages]


def _broken_in(heard: list[Heard], agency: str, morning: Morning) -> Iterator[str]:
    mornings = [one for one in heard if one.is_morning]
    lines = [(code, one.marked) for one in mornings for code in morning.customs.codes_in(one.text)]
    told = morning.customs.told[agency]
    for code in told:
        yield from _repeated_or_lost(code, [marked for about, marked in lines if about == code])
    yield from (f"nobody asked for {code}" for code in {code for code, _ in lines} - set(told))
    if morning.customs.counts:
        riding = [one.news_marked for one in heard if note_for(agency) in one.news]
        yield from _repeated_or_lost("what rode along", riding)
    written = [one for one in heard if WRITTEN in one.text]
    others = [one for one in heard if not one.is_morning and one not in written]
    if agency == "STP":
        yield from ("an answer to nothing" for _ in (*others, *written))
        return
    if len({one.text for one in others}) != 1:
        yield "there are several answers to one question, or none"
    yield from _repeated_or_lost("the answer", [one.marked for one in others])
    if agency == "HKS" and not morning.customs.in_place:
        yield from _repeated_or_lost("the answer to the yes", [one.marked for one in written])


def _repeated_or_lost(what: str, marks: list[bool]) -> Iterator[str]:
    """Once, and once more with the mark."""
    if not marks:
        yield f"{what} is lost"
    for marked, times in Counter(marks).items():
        if times > 1:
            yield f"{what} is there {times} times {'with' if marked else 'without'} the mark"


def _not_in_place(messages: list[Seen], morning: Morning) -> list[str]:
    """The tap is answered in place of the question, once, whatever stands above it."""
    assert morning.question is not None
    written = [message.id for message in messages if WRITTEN in message.text]
    return [] if written == [morning.question.id] else ["the tap was not answered in its place"]


def _badly_kept(kept: Kept, morning: Morning, shown: int) -> list[str]:
    customs = morning.customs
    wanted = Kept(
        outbox={OutboxState.SENT: MESSAGES + (len(customs.seats) if customs.counts else 0)},
        notices={NoticeState.SENT: sum(len(codes) for codes in customs.told.values())},
        inbox={InboxState.HANDLED: 3},
        done=1,
        counted=kept.counted,
    )
    broken = [] if kept == wanted else [f"the store has {kept}"]
    # What was in flight may have left: the service may have counted it.
    most = shown + morning.in_flight
    if customs.counts and not shown <= kept.counted <= most:
        broken.append(f"{kept.counted} messages are counted, and {shown} left")
    return broken
