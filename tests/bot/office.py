"""A small plan in a real database, and people who write to the bot and tap what it offers."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.typed import read_typed
from bot.conversation import Answer, Conversation
from bot.message import Message, Span
from bot.options import Options
from bot.request import File, Person, Place, Tap, Words
from bot.telegram.entrance import telegram_entrance
from plan.deadlines import Deadline, DeadlineKind, Occurrence
from plan.milestones import ReminderRules
from plan.model import Agency, AgencyKind, Area, Output, Plan, Report, ReportPeriod, Task
from plan.workdays import WorkingCalendar
from store import chats, invites
from store.agenda import Entry, entries
from store.database import Database
from store.plan_record import BY_PLAN
from store.states import ChatKind, Role
from store.sync import sync_plan
from store.tables import AssignmentRow, AuditRow, Base, BindingRow
from store.timetable import Timetable
from tests.databases import IN_MEMORY, contents, fill, opened

DEPARTMENTS = {
    "SNV": "Sở Nội vụ",
    "STP": "Sở Tư pháp",
    "VPUB": "Văn phòng UBND tỉnh",
    "STTTT": "Sở Thông tin và Truyền thông",
}
QUARTERS = ((3, 31, "quý I"), (6, 30, "quý II"), (9, 30, "quý III"), (12, 31, "quý IV"))
MONTH_ENDS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def once(day: date) -> Deadline:
    return Deadline(
        kind=DeadlineKind.DATES,
        occurrences=(Occurrence(due=day, key=day.isoformat(), period=""),),
        needs_review=False,
        reason=None,
    )


def quarterly() -> Deadline:
    found = tuple(
        Occurrence(due=date(2023, month, day), key=f"2023-Q{number}", period=period)
        for number, (month, day, period) in enumerate(QUARTERS, start=1)
    )
    return Deadline(kind=DeadlineKind.DATES, occurrences=found, needs_review=False, reason=None)


def monthly() -> Deadline:
    found = tuple(
        Occurrence(due=date(2023, month, day), key=f"2023-M{month:02}", period=f"tháng {month}")
        for month, day in enumerate(MONTH_ENDS, start=1)
    )
    return Deadline(kind=DeadlineKind.DATES, occurrences=found, needs_review=False, reason=None)


def undated(kind: DeadlineKind) -> Deadline:
    return Deadline(kind=kind, occurrences=(), needs_review=kind is DeadlineKind.EXTERNAL, reason=None)


def task(code: str, title: str, outputs: tuple[Output, ...], lead: tuple[str, ...], **more: str) -> Task:
    return Task(
        code=code,
        area=int(code.split(".")[0]),
        title=title,
        heading=more.get("heading"),
        outputs=outputs,
        lead=tuple(DEPARTMENTS[agency] for agency in lead),
        support=(more.get("support", "Sở Nội vụ"),),
        lead_agencies=lead,
    )


def output(code: str, product: str, schedule: str, deadline: Deadline) -> Output:
    return Output(code=code, product=product, schedule=schedule, deadline=deadline)


PLAN = Plan(
    key="cchc-2023",
    year=2023,
    title="Kế hoạch thực hiện cải cách hành chính năm 2023",
    document="192/KH-UBND ngày 20/12/2022",
    standing_office="SNV",
    report_address="https://ktxh.soctrang.gov.vn",
    areas=(
        Area(number=1, name="Cải cách thể chế"),
        Area(number=2, name="Cải cách TTHC"),
        Area(number=6, name="Xây dựng chính quyền điện tử, chính quyền số"),
        Area(number=7, name="Công tác chỉ đạo điều hành"),
    ),
    tasks=(
        task(
            "1.1",
            "Xây dựng và triển khai Kế hoạch theo dõi thi hành pháp luật năm 2023",
            (
                output(
                    "1.1a",
                    "Kế hoạch của UBND tỉnh",
                    "Theo quy định Trung ương",
                    undated(DeadlineKind.EXTERNAL),
                ),
            ),
            ("STP",),
        ),
        task(
            "2.1",
            "Xây dựng và triển khai thực hiện Kế hoạch kiểm soát, rà soát TTHC năm 2023",
            (
                output("2.1a", "Kế hoạch", "Tháng 01/2023", once(date(2023, 1, 31))),
                output("2.1b", "Báo cáo kết quả thực hiện", "Định kỳ hàng quý và năm 2023", quarterly()),
            ),
            ("VPUB",),
        ),
        task(
            "2.2",
            "Công bố TTHC mới ban hành được sửa đổi, bổ sung, thay thế, bãi bỏ",
            (
                output(
                    "2.2",
                    "Quyết định của Chủ tịch UBND tỉnh",
                    "Thường xuyên",
                    undated(DeadlineKind.ONGOING),
                ),
            ),
            ("STP", "VPUB", "SNV"),
        ),
        task(
            "2.6",
            "Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ trong hệ thống hành chính nhà nước "
            "trên địa bàn tỉnh",
            (
                output(
                    "2.6a",
                    "Quyết định công bố TTHC nội bộ của Chủ tịch UBND tỉnh",
                    "Hoàn thành trước ngày 01/4/2023",
                    once(date(2023, 3, 31)),
                ),
                output(
                    "2.6b",
                    "Quyết định phê duyệt phương án đơn giản hóa TTHC nội bộ",
                    "Giai đoạn 2022-2025 Trong năm 2023, hoàn thành trước ngày 01/01/2024.",
                    once(date(2023, 12, 31)),
                ),
            ),
            ("STP", "VPUB", "SNV"),
            support="Văn phòng UBND tỉnh",
        ),
        task(
            "6.5",
            "Công bố kết quả đánh giá Bộ chỉ số chỉ đạo, điều hành",
            (output("6.5", "Thông báo/Công văn chỉ đạo", "Hàng tháng", monthly()),),
            ("STTTT",),
        ),
        task(
            "7.2",
            "Xây dựng và tổ chức thực hiện Kế hoạch tuyên truyền CCHC năm 2023",
            (
                output("7.2a", "Kế hoạch", "Tháng 02/2023", once(date(2023, 2, 28))),
                output("7.2b", "Báo cáo kết quả", "Tháng 12/2023", once(date(2023, 12, 31))),
            ),
            ("SNV",),
        ),
        task(
            "7.3b",
            "Kiểm tra công vụ",
            (output("7.3b", "Báo cáo kết quả", "Kiểm tra đột xuất", undated(DeadlineKind.ADHOC)),),
            ("SNV",),
            heading="Hoạt động kiểm tra",
        ),
    ),
    report_periods=(
        ReportPeriod(
            key="q1",
            name="Quý I/2023",
            data_from=date(2022, 12, 15),
            cutoff=date(2023, 3, 14),
            due=date(2023, 3, 16),
        ),
        ReportPeriod(
            key="q3",
            name="Quý III/2023",
            data_from=date(2023, 6, 15),
            cutoff=date(2023, 9, 14),
            due=date(2023, 9, 16),
        ),
    ),
    reports=(
        Report(
            code="BC",
            title="Báo cáo tình hình, kết quả thực hiện công tác CCHC",
            owed_by=("các sở, ban, ngành tỉnh",),
            agencies=("STP", "SNV"),
        ),
    ),
    agencies={
        code: Agency(code=code, name=name, kind=AgencyKind.DEPARTMENT) for code, name in DEPARTMENTS.items()
    },
    groups={},
)
BOT_NAME = "nhacviec_bot"
ENTRANCES = {"telegram": telegram_entrance(BOT_NAME)}
TIMETABLE = Timetable(rules=ReminderRules(), calendar=WorkingCalendar())
_TAPPABLE = re.compile(r"(?<!\S)/[a-z]+_[\w…]")
MORNING = datetime(2023, 3, 13, 0, 30, tzinfo=UTC)
# What a store holds that was brought in line with the small plan once.
_settled: list[bytes] = []


class Office:
    """One conversation with the bot. `now` can be set, and `wall` where it is another time; every message
    is a committed transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.conversation = Conversation(entrances=ENTRANCES, timetable=TIMETABLE, options=Options())
        self.now = MORNING
        self.channel = "telegram"
        self._heard = ""
        self.wall: datetime | None = None
        self.chat = "100"
        self.kind = ChatKind.PRIVATE
        self.person = Person(id="7", name="Nguyễn Văn A")

    @property
    def place(self) -> Place:
        return Place(channel=self.channel, address=self.chat, kind=self.kind)

    async def bind(self, *agencies: str, role: Role = Role.OFFICER) -> None:
        for agency in agencies:
            await self.say(f"/start {await self.invite(agency, role=role)}")

    async def bind_standing_office(self) -> None:
        """Sở Nội vụ, for its own tasks and as the plan's standing office."""
        await self.bind("SNV")
        await self.bind("SNV", role=Role.STANDING_OFFICE)

    async def invite(self, agency: str, *, role: Role = Role.OFFICER) -> str:
        async with self.database.write() as session:
            return await invites.make_invite(session, role=role, agency=agency, now=self.now)

    async def hear(
        self,
        text: str,
        *,
        message_id: str = "1",
        files: tuple[File, ...] = (),
        replied_to: str | None = None,
        replied_choices: tuple[str, ...] = (),
        album: str | None = None,
    ) -> Answer | None:
        words = Words(
            place=self.place,
            person=self.person,
            text=text,
            message_id=message_id,
            files=files,
            replied_to=replied_to,
            replied_choices=replied_choices,
            album=album,
        )
        return await self._answer(words, self.database)

    async def say(self, text: str) -> Message:
        answer = await self.hear(text)
        assert answer is not None
        return answer.message

    async def touch(self, action: str) -> Answer:
        tap = Tap(place=self.place, person=self.person, action=action, message_id="2", tap_id="3")
        answer = await self._answer(tap, self.database)
        assert answer is not None
        return answer

    async def tap(self, message: Message, label: str) -> Answer:
        """Tap the choice of a message whose label begins so."""
        return await self.touch(action_of(message, label))

    async def _answer(self, incoming: Words | Tap, database: Database) -> Answer | None:
        async with database.write() as session:
            chat = await chats.chat_for(session, channel=self.channel, address=self.chat, kind=self.kind)
            answer = await self.conversation.answer(
                session, incoming, chat, now=self.now, wall=self.wall or self.now
            )
        if answer is not None:
            # What follows the command of a forged choice is somebody's words too.
            said = incoming.text if isinstance(incoming, Words) else " ".join(incoming.action.split()[1:])
            self._heard += f" {said}"
            assert_commands_can_be_typed(answer.message, self._heard)
        return answer

    async def entry(self, agency: str, code: str, slot: str = "") -> Entry:
        async with self.database.read() as session:
            found = await entries(session, agencies=[agency])
        return next(entry for entry in found if (entry.code, entry.slot) == (code, slot))

    async def done_codes(self) -> list[str]:
        async with self.database.read() as session:
            return [
                f"{entry.agency} {entry.code} {entry.slot}".strip()
                for entry in await entries(session)
                if not entry.is_open
            ]

    async def audit(self) -> list[AuditRow]:
        """What people did; not what the plan's file brought."""
        people = select(AuditRow).where(AuditRow.action != BY_PLAN).order_by(AuditRow.id)
        async with self.database.read() as session:
            return list(await session.scalars(people))

    async def unbind(self) -> None:
        async with self.database.write() as session:
            for binding in await session.scalars(select(BindingRow)):
                binding.ended_at = self.now

    async def retire(self, entry: Entry) -> None:
        async with self.database.write() as session:
            (await session.get_one(AssignmentRow, entry.id)).retired = True


def assert_commands_can_be_typed(message: Message, heard: str = "") -> None:
    """Of every command that can be tapped the message says how it is typed, and that is the same command; what people wrote
    themselves (`heard`) may be in it as they wrote it."""
    for span in spans(message):
        if span.typed is None:
            written = [found for found in _TAPPABLE.findall(span.text) if found not in heard]
            assert not written, span
            continue
        tapped, typed = (read_typed(words, bot_name=BOT_NAME) for words in (span.text, span.typed))
        assert tapped is not None, span
        assert typed is not None, span
        assert tapped.command is typed.command is not None, span


def spans(message: Message) -> list[Span]:
    return [span for block in message.blocks for line in block.lines for span in line]


def plain(message: Message) -> str:
    """The message as a person reads it: blocks, then the rows of buttons."""
    text = "\n\n".join(
        "\n".join("".join(span.text for span in line) for line in block.lines) for block in message.blocks
    )
    rows = [" ".join(f"[{choice.label}]" for choice in row) for row in message.rows()]
    return "\n".join([text, *rows])


def labels(message: Message) -> list[str]:
    return [choice.label for row in message.rows() for choice in row]


def action_of(message: Message, label: str) -> str:
    return next(choice.action for row in message.rows() for choice in row if choice.label.startswith(label))


async def put_plan(session: AsyncSession, plan: Plan) -> None:
    await sync_plan(session, plan, TIMETABLE, now=MORNING, today=date(2023, 3, 13))


@asynccontextmanager
async def open_office(*plans: Plan) -> AsyncIterator[Office]:
    """On those plans, else on the small one."""
    async with opened(IN_MEMORY) as database:
        if plans:
            await _settle_in(database, *plans)
        else:
            await fill(database, await _on_the_small_plan())
        yield Office(database)


async def _on_the_small_plan() -> bytes:
    if not _settled:
        async with opened(IN_MEMORY) as database:
            await _settle_in(database, PLAN)
            _settled.append(await contents(database))
    return _settled[0]


async def _settle_in(database: Database, *plans: Plan) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.write() as session:
        for plan in plans:
            await put_plan(session, plan)
