"""Where the standing office confirms bindings: an invite only asks, and a yes binds."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from bot.commands.asked import Answer, Asked
from bot.commands.binding_request import accept, refuse
from bot.conversation import Conversation
from bot.options import Options
from bot.request import Person
from plan.vietnam import day_of
from store.chats import bindings_of, find_chat
from store.states import ChatKind, RequestKind, RequestState, Role
from store.tables import RequestRow
from tests.bot.notes import notes
from tests.bot.office import ENTRANCES, TIMETABLE, Office, action_of, plain
from tests.bot.test_bindings import live
from tests.bot.test_handover import code_in

CONFIRMS = Options(confirms_bindings=True)
OFFICE, NEW = "100", "200"


@pytest.fixture
async def careful(office: Office) -> Office:
    """An office that confirms bindings, with its standing office in place; someone new has the floor."""
    office.conversation = Conversation(entrances=ENTRANCES, timetable=TIMETABLE, options=CONFIRMS)
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    office.chat, office.person = NEW, Person(id="8", name="Trần Thị B")
    return office


async def requests(office: Office) -> list[RequestRow]:
    async with office.database.read() as session:
        return list(await session.scalars(select(RequestRow).order_by(RequestRow.id)))


async def decide(
    office: Office, decision: Callable[[Asked, RequestRow], Awaitable[Answer]], request: RequestRow
) -> Answer:
    """What the standing office's command does with the request."""
    async with office.database.write() as session:
        chat = await find_chat(session, channel="telegram", address=OFFICE)
        assert chat is not None
        asked = Asked(
            session=session,
            chat=chat,
            person=Person(id="7", name="Nguyễn Văn A"),
            now=office.now,
            today=day_of(office.now),
            wall=office.now,
            bindings=await bindings_of(session, chat.id),
            timetable=TIMETABLE,
            options=CONFIRMS,
            message_id="1",
            entrances=ENTRANCES,
        )
        row = await session.get_one(RequestRow, request.id)
        row.state = RequestState.ACCEPTED if decision is accept else RequestState.REFUSED
        return await decision(asked, row)


async def no(asked: Asked, request: RequestRow) -> Answer:
    return await refuse(asked, request, "không phải đầu mối")


async def test_the_first_standing_office_and_an_operator_need_nobodys_yes(careful: Office) -> None:
    await careful.bind("", role=Role.OPERATOR)

    assert await live(careful) == {("standing_office", "SNV"), ("operator", "")}


async def test_an_officer_has_to_wait_and_the_office_is_asked(careful: Office) -> None:
    code = await careful.invite("STP")

    message = await careful.say(f"/start {code}")

    assert plain(message) == (
        "⏳ Đã nhận mã, đang chờ đồng ý.\n"
        "\n"
        "Sở Nội vụ (cơ quan thường trực) cần đồng ý trước khi cuộc trò chuyện này kết nối với Sở Tư pháp. Có kết quả, bot"
        " báo ngay tại đây."
    )
    assert await live(careful) == {("standing_office", "SNV")}
    [request] = await requests(careful)
    assert (request.kind, request.state, request.office) == (
        RequestKind.BINDING,
        RequestState.WAITING,
        "SNV",
    )
    assert (request.person, request.person_name) == ("8", "Trần Thị B")
    assert request.details == {
        "role": "officer",
        "agency": "STP",
        "invite": 2,
        "what": "Sở Tư pháp",
        "where": "chat riêng",
    }
    [note] = await notes(careful, OFFICE)
    assert plain(note) == (
        "🔑 Đề nghị kết nối với Sở Tư pháp.\n"
        "\n"
        "Người nhập mã mời: Trần Thị B (chat riêng)\n"
        "[Đồng ý] [Không đồng ý]"
    )
    assert action_of(note, "Đồng ý") == f"run:/approve {request.id}"
    assert action_of(note, "Không đồng ý") == f"run:/refuse {request.id}"
    assert (await careful.audit())[-1].action == "ask_binding"


async def test_asking_twice_is_one_request(careful: Office) -> None:
    code = await careful.invite("STP")
    first = await careful.say(f"/start {code}")

    again = await careful.say(f"/start {code}")

    assert plain(again) == plain(first)
    assert len(await requests(careful)) == len(await notes(careful, OFFICE)) == 1


async def test_who_waits_sees_it_in_who_and_may_do_nothing_yet(careful: Office) -> None:
    await careful.say(f"/start {await careful.invite('STP')}")

    assert plain(await careful.say("/who")).startswith("Kết nối với Sở Tư pháp đang chờ Sở Nội vụ đồng ý.")
    assert "chưa kết nối" in plain(await careful.say("/due"))


async def test_a_yes_binds_and_the_chat_is_welcomed(careful: Office) -> None:
    careful.kind = ChatKind.GROUP
    await careful.say(f"/start {await careful.invite('STP')}")
    [request] = await requests(careful)

    answer = await decide(careful, accept, request)

    assert plain(answer.message).startswith("✅ Đã đồng ý kết nối với Sở Tư pháp.")
    assert ("officer", "STP") in await live(careful)
    [note] = await notes(careful, NEW)
    assert plain(note).startswith("✅ Đã kết nối với Sở Tư pháp.\n\nNhóm này sẽ nhận tin")
    entry = (await careful.audit())[-1]
    assert (entry.action, entry.person, entry.subject) == ("bind", "7", "STP")
    assert entry.after == {"role": "officer", "agency": "STP", "chat": request.chat_id}


async def test_a_no_binds_nothing_and_the_chat_hears_why(careful: Office) -> None:
    code = await careful.invite("STP")
    await careful.say(f"/start {code}")
    [request] = await requests(careful)

    answer = await decide(careful, no, request)

    assert plain(answer.message).startswith("Đã trả lời không đồng ý kết nối với Sở Tư pháp.")
    assert ("officer", "STP") not in await live(careful)
    entry = (await careful.audit())[-1]
    assert (entry.action, entry.subject, entry.person) == ("refuse_binding", "STP", "7")
    [note] = await notes(careful, NEW)
    assert plain(note).startswith(
        "Sở Nội vụ (cơ quan thường trực) chưa đồng ý kết nối cuộc trò chuyện này với Sở Tư pháp.\n"
        "\n"
        "Lý do: không phải đầu mối"
    )
    assert "Mã mời này đã được dùng" in plain(await careful.say(f"/start {code}"))


@pytest.mark.parametrize(
    ("role", "agency", "what"),
    [
        (Role.LEADER, "", "kênh lãnh đạo"),
        (Role.STANDING_OFFICE, "SNV", "cơ quan thường trực (Sở Nội vụ)"),
    ],
)
async def test_a_leader_and_a_second_chat_of_the_office_have_to_wait_too(
    careful: Office, role: Role, agency: str, what: str
) -> None:
    await careful.bind(agency, role=role)
    [request] = await requests(careful)
    [note] = await notes(careful, OFFICE)
    assert plain(note).startswith(f"🔑 Đề nghị kết nối với {what}.")

    await decide(careful, accept, request)

    assert len(await notes(careful, NEW)) == 1
    careful.chat = NEW
    assert what.casefold() in plain(await careful.say("/who")).casefold()


async def test_a_handover_waits_for_the_yes_before_the_old_chat_is_out(careful: Office) -> None:
    await careful.say(f"/start {await careful.invite('STP')}")
    [first] = await requests(careful)
    await decide(careful, accept, first)
    code = code_in(plain(await careful.say("/handover")))
    careful.chat = "300"
    await careful.say(f"/start {code}")
    before = plain(await careful.say("/who"))

    await decide(careful, accept, (await requests(careful))[-1])

    assert before.startswith("Kết nối với Sở Tư pháp đang chờ")
    assert plain(await careful.say("/who")).startswith("Cuộc trò chuyện này đang kết nối với:\n• Sở Tư pháp")
    assert "Đã bàn giao Sở Tư pháp" in plain((await notes(careful, NEW))[-1])
    careful.chat = NEW
    assert "chưa kết nối" in plain(await careful.say("/who"))


async def test_who_is_bound_already_asks_nobody(careful: Office) -> None:
    await careful.say(f"/start {await careful.invite('STP')}")
    [request] = await requests(careful)
    await decide(careful, accept, request)

    message = await careful.say(f"/start {await careful.invite('STP')}")

    assert "đã kết nối với Sở Tư pháp từ trước" in plain(message)
    assert len(await requests(careful)) == 1


async def test_where_the_office_has_no_chat_yet_the_request_waits_for_it(office: Office) -> None:
    office.conversation = Conversation(entrances=ENTRANCES, timetable=TIMETABLE, options=CONFIRMS)

    message = await office.say(f"/start {await office.invite('STP')}")

    assert plain(message).startswith("⏳ Đã nhận mã, đang chờ đồng ý.")
    assert [request.office for request in await requests(office)] == ["SNV"]
    assert await live(office) == set()


async def test_the_standing_office_lists_and_decides_new_bindings_as_it_does_all_requests(
    office: Office,
) -> None:
    await office.bind_standing_office()
    standing_office, officer = office.chat, "300"
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(confirms_bindings=True)
    )
    code = await office.invite("STP")
    office.chat = officer
    await office.say(f"/start {code}")

    office.chat = standing_office
    waiting = await office.say("/approve")
    decided = await office.tap(waiting, "Đồng ý")
    office.chat = officer
    due = plain(await office.say("/due"))

    assert "Kết nối với Sở Tư pháp" in plain(waiting)
    assert "Đã đồng ý kết nối với Sở Tư pháp." in plain(decided.message)
    assert due.startswith("📋 Sở Tư pháp")
