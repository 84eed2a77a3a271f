"""What a store holds while bots live and die on it: whether all is quiet, what is under way, what was given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.drill.verdict import Failure, Held
from scheduler.ledger import UNDELIVERED
from store.database import Database
from store.states import InboxState, NoticeState, OutboxKind, OutboxState
from store.tables import AssignmentRow, AuditRow, ChatRow, InboxRow, ItemRow, NoticeRow, OutboxRow, ScanRow


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """What is not finished: `in_flight` are the messages that somebody has claimed, dead or alive."""

    unhandled: int
    queued: int
    in_flight: frozenset[Held]
    scanned: bool

    @property
    def is_quiet(self) -> bool:
        return self.scanned and not (self.unhandled or self.queued or self.in_flight)


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """What the bot could not do and has written down as such: answers by (chat's address, message), to words and to taps,
    reminders by (agency, day, code, slot), updates that were put aside; `failures` is every message among it."""

    answers: frozenset[tuple[str, int]]
    taps: frozenset[tuple[str, int]]
    reminders: frozenset[tuple[str, date, str, str]]
    failures: tuple[Failure, ...]
    parked: int


async def under_way(database: Database, day: date) -> UnderWay:
    async with database.read() as session:
        queued = await session.scalar(
            select(func.count()).select_from(OutboxRow).where(OutboxRow.state == OutboxState.QUEUED)
        )
        claimed = await session.execute(
            select(OutboxRow.id, OutboxRow.lease_token, ChatRow.address)
            .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
            .where(OutboxRow.state == OutboxState.CLAIMED)
        )
        in_flight = frozenset(
            Held(message=number, claim=token or "", chat=address) for number, token, address in claimed
        )
        new = await session.scalar(
            select(func.count()).select_from(InboxRow).where(InboxRow.state == InboxState.NEW)
        )
        scan = await session.scalar(select(ScanRow.id).where(ScanRow.day == day).limit(1))
    return UnderWay(
        unhandled=new or 0,
        queued=queued or 0,
        in_flight=in_flight,
        scanned=scan is not None,
    )


async def times_written_down(database: Database) -> Mapping[tuple[str, str, str], int]:
    """How often it was written down that something is done, by (agency, code, slot)."""
    async with database.read() as session:
        rows = await session.execute(
            select(AssignmentRow.agency, ItemRow.code, AssignmentRow.slot, func.count())
            .join(AuditRow, AuditRow.assignment_id == AssignmentRow.id)
            .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
            .where(AuditRow.action == "done")
            .group_by(AssignmentRow.agency, ItemRow.code, AssignmentRow.slot)
        )
        return {(agency, code, slot): count for agency, code, slot, count in rows}


async def marked_rows(database: Database) -> frozenset[int]:
    """The messages (rows of the outbox) that are, or wait to be, marked as perhaps received."""
    async with database.read() as session:
        return frozenset(await session.scalars(select(OutboxRow.id).where(OutboxRow.repeat.is_(True))))


async def given_up(database: Database) -> GivenUp:
    async with database.read() as session:
        failed = (
            await session.execute(
                select(OutboxRow, ChatRow.address)
                .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
                .where(OutboxRow.state == OutboxState.FAILED)
            )
        ).all()
        answers: set[tuple[str, int]] = set()
        taps: set[tuple[str, int]] = set()
        failures: list[Failure] = []
        for row, address in failed:
            failures.append(
                Failure(
                    message=row.id,
                    error=row.error or "",
                    is_morning=row.kind is OutboxKind.NOTICE,
                    told=await _operator_was_told(session, row.id),
                )
            )
            if row.kind is OutboxKind.REPLY and row.key is not None:
                update = (await session.get_one(InboxRow, int(row.key.partition(":")[2]))).raw
                tap = update.get("callback_query")
                said = tap["message"] if tap else update["message"]
                (taps if tap else answers).add((address, int(said["message_id"])))
        reminders = (
            await session.execute(
                select(AssignmentRow.agency, OutboxRow.morning, ItemRow.code, AssignmentRow.slot)
                .select_from(NoticeRow)
                .join(OutboxRow, NoticeRow.outbox_id == OutboxRow.id)
                .join(AssignmentRow, NoticeRow.assignment_id == AssignmentRow.id)
                .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
                .where(
                    NoticeRow.state == NoticeState.FAILED,
                    OutboxRow.state == OutboxState.FAILED,
                    OutboxRow.morning.is_not(None),
                )
            )
        ).all()
        parked = await session.scalar(
            select(func.count()).select_from(InboxRow).where(InboxRow.state == InboxState.PARKED)
        )
        return GivenUp(
            answers=frozenset(answers),
            taps=frozenset(taps),
            reminders=frozenset(
                (agency, morning, code, slot) for agency, morning, code, slot in reminders if morning
            ),
            failures=tuple(failures),
            parked=parked or 0,
        )


async def _operator_was_told(session: AsyncSession, failed: int) -> bool:
    """Whether a note that this message failed is queued or sent (scheduler.ledger.tell_given_up)."""
    note = select(OutboxRow.id).where(OutboxRow.key.startswith(f"{UNDELIVERED}{failed}:")).limit(1)
    return await session.scalar(note) is not None
