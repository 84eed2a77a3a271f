"""The comparison at the end of a drill: what the chats show against what they were owed. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.drill.owed import Closed, Reminder
from app.drill.town import Seen
from scheduler.retry import Why

WRITTEN_DOWN = "✅ Đã ghi nhận xong."
_MORNING = "🔔"


@dataclass(kw_only=True)
class Tally:
    """One kind of what is owed: how much of it there is, and what came of it. `marked` are visible repeats."""

    owed: int = 0
    sent: int = 0
    lost: int = 0
    repeated: int = 0
    marked: int = 0
    failed: int = 0
    complaints: list[str] = field(default_factory=list)

    def count(self, what: str, *, plain: int, marked: int, owed: int = 1, failed: bool = False) -> None:
        """How often one thing was seen, without the mark and with it."""
        self.owed += owed
        self.sent += owed if plain + marked else 0
        self.marked += marked
        if owed and not plain + marked:
            if failed:
                self.failed += 1
            else:
                self.lost += 1
                self.complaints.append(f"lost: {what}")
        # Once, and once more with the mark: anything beyond is a repeat that nobody was warned of.
        beyond = max(0, plain - owed) + max(0, marked - 1)
        if beyond:
            self.repeated += beyond
            self.complaints.append(f"repeated: {what}: {plain} times without the mark, {marked} with it")


@dataclass(frozen=True, kw_only=True)
class Held:
    """A message (a row of the outbox) in a bot's hands by one claim, and the chat's address. The same message claimed anew
    is another."""

    message: int
    claim: str
    chat: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A message (a row of the outbox) that was given up. `error` is what the row says; `told` whether the operator's chat
    was told, as it must be of a morning message."""

    message: int
    error: str
    is_morning: bool = False
    told: bool = False

    @property
    def was_refused(self) -> bool:
        return self.error.startswith(Why.REFUSED)


@dataclass(frozen=True, kw_only=True)
class Deaths:
    """What was under way when the bots were killed; one death can count for several. `in_flight` is all that was ever held
    at a death: of several bots also by the living, for a claim does not say whose it is."""

    kills: int = 0
    receiving: int = 0
    handling: int = 0
    scanning: int = 0
    delivering: int = 0
    in_flight: frozenset[Held] = frozenset()
    own: int = 0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`parked` updates are none that the promise knows of; `unfounded` are the marks and failures that no death and no
    refusal accounts for, in words."""

    reminders: Tally
    answers: Tally
    taps: Tally
    deaths: Deaths
    days: int
    parked: int
    marked_messages: int
    failures: Sequence[Failure] = ()
    unfounded: Sequence[str] = ()

    @property
    def tallies(self) -> Mapping[str, Tally]:
        return {"reminders": self.reminders, "answers": self.answers, "taps answered": self.taps}

    def of_all(self, name: str) -> int:
        """One column of the table, added up."""
        return sum(int(getattr(tally, name)) for tally in self.tallies.values())

    @property
    def complaints(self) -> list[str]:
        of_tallies = [complaint for tally in self.tallies.values() for complaint in tally.complaints]
        return [*of_tallies, *self.unfounded]

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        return not (
            self.of_all("lost") or self.of_all("repeated") or self.parked or self.unfounded or self.deaths.own
        )


def tally_reminders(
    owed: Iterable[Reminder], seen: Mapping[str, Iterable[Seen]], failed: frozenset[Reminder]
) -> Tally:
    """`seen` are all messages by agency. Each line of a morning message counts for itself."""
    tally = Tally()
    wanted = Counter(owed)
    plain: Counter[Reminder] = Counter()
    marked: Counter[Reminder] = Counter()
    for agency, messages in seen.items():
        for message in messages:
            if message.outgoing and message.text.startswith(_MORNING):
                side = marked if message.marked else plain
                side.update(
                    Reminder(agency=agency, day=message.day, command=command)
                    for command in commands_in(message.text)
                )
    for reminder in wanted.keys() | plain.keys() | marked.keys():
        tally.count(
            f"{reminder.agency} {reminder.day:%d/%m} {reminder.command}",
            plain=plain[reminder],
            marked=marked[reminder],
            owed=wanted[reminder],
            failed=reminder in failed,
        )
    return tally


@dataclass(frozen=True, kw_only=True)
class Tapped:
    """An officer confirmed, by a tap on `question` as it was then, that something is done."""

    closed: Closed
    day: date
    question: Seen


def tally_answers(
    seen: Mapping[str, Iterable[Seen]],
    tapped: Iterable[Tapped],
    failed: frozenset[tuple[str, int]],
) -> Tally:
    """Every message of an officer has its answer, each piece of it once. What was tapped shows something else since; it
    counts as what it was. `failed` are (agency, message)."""
    tally = Tally()
    as_asked = {(tap.closed.agency, tap.question.id): tap.question for tap in tapped}
    for agency, messages in seen.items():
        answers: defaultdict[int, list[Seen]] = defaultdict(list)
        for message in messages:
            if message.outgoing and message.answers is not None:
                answers[message.answers].append(as_asked.get((agency, message.id), message))
        for asked in messages:
            if asked.outgoing:
                continue
            by_text = Counter((one.text, one.marked) for one in answers[asked.id])
            what = f"{agency} {asked.day:%d/%m} the answer to {asked.text}"
            has_failed = (agency, asked.id) in failed
            for text in {text for text, _ in by_text} or {""}:
                tally.count(what, plain=by_text[text, False], marked=by_text[text, True], failed=has_failed)
    return tally


def tally_taps(
    tapped: Iterable[Tapped],
    seen: Mapping[str, Iterable[Seen]],
    written: Mapping[Closed, int],
    failed: frozenset[tuple[str, int]],
) -> Tally:
    """Every tap is answered in place of the question, and what it says is written down once. `failed` are (agency,
    tapped message)."""
    tally = Tally()
    for tap in tapped:
        agency, number = tap.closed.agency, tap.question.id
        what = f"{agency} {tap.day:%d/%m} the answer to the tap for {tap.closed.command}"
        times = written.get(tap.closed, 0)
        if times != 1:
            tally.count(f"{what}: it was written down {times} times", plain=times, marked=0)
            continue
        shown = next(one for one in seen[agency] if one.id == number)
        answered = shown.text.startswith(WRITTEN_DOWN)
        tally.count(
            what,
            plain=int(answered and not shown.marked),
            marked=int(answered and shown.marked),
            failed=(agency, number) in failed,
        )
    return tally


def commands_in(text: str) -> list[str]:
    """The commands that a message offers, by which things are said to be done."""
    return [word for word in text.split() if word.startswith("/done_")]


def marked_messages(seen: Iterable[Seen]) -> int:
    """How many of a chat's messages have the mark."""
    return sum(one.marked for one in seen if one.outgoing)


def unfounded_marks(
    marked: Mapping[str, int], marked_rows: Iterable[int], held: Collection[Held]
) -> list[str]:
    """Marks without a death, in words. A message is marked only when a bot died that held it, and once for each time.
    `marked` are the messages with the mark by chat (address), `marked_rows` what the store has as perhaps received."""
    were_held = {one.message for one in held}
    in_chat = Counter(one.chat for one in held)
    of_rows = [
        f"marked without a death: message {row} of the outbox, which no killed bot held"
        for row in sorted(set(marked_rows) - were_held)
    ]
    of_chats = [
        f"marked without a death: {count} messages in the chat {chat}, where killed bots held {in_chat[chat]}"
        for chat, count in sorted(marked.items())
        if count > in_chat[chat]
    ]
    return of_rows + of_chats


def unfounded_failures(failures: Iterable[Failure], held: Collection[Held]) -> list[str]:
    """Failures that are not allowed, in words. A message is given up only when two bots have died that held it, or when the
    service has refused it for good; of a morning message the operator is told."""
    times_held = Counter(one.message for one in held)
    found = []
    for failure in failures:
        what = f"message {failure.message} of the outbox ({failure.error or 'its row does not say why'})"
        died_twice = failure.error.startswith(Why.UNCERTAIN_TWICE) and times_held[failure.message] > 1
        if not (died_twice or failure.was_refused):
            found.append(f"failed without a reason: {what}, held at {times_held[failure.message]} deaths")
        if failure.is_morning and not failure.told:
            found.append(f"failed and nobody was told: {what}")
    return found
