"""A choice under the question whether an edited plan file is to be taken over. The keeper of the plans carries it out."""

from bot.commands.asked import Answer, Asked, steered
from bot.message import Message, block, bold, line, message
from bot.notes import tell
from bot.plan_changes import refused_elsewhere
from bot.wording import DEAD_CHOICE
from plan.vietnam import local
from store.changes import audit_event
from store.chats import office_chats, operator_chats
from store.plan_changes import Decision, decision_of, locked_change
from store.tables import PlanChangeRow, PlanRow

_VOID = message(
    "Câu hỏi này không còn hiệu lực: tệp kế hoạch đã được sửa tiếp sau đó. Chưa có gì thay đổi.",
    "Nếu tệp vẫn khác kế hoạch đang chạy thì có câu hỏi mới.",
)


async def decide(asked: Asked, number: int, *, accepted: bool) -> Answer:
    """The standing office of that plan decides, once; who comes second hears what was decided."""
    change = await locked_change(asked.session, number)
    if change is None or change.plan_key not in await steered(asked):
        return Answer(message=DEAD_CHOICE)
    decision = decision_of(change)
    if decision is Decision.VOID:
        return Answer(message=_VOID, edits_tapped=True)
    if decision is not Decision.WAITING:
        return Answer(message=_decided(change, decision), edits_tapped=True)
    change.accepted, change.decided_at = accepted, asked.now
    await audit_event(
        asked.session,
        "planyes" if accepted else "planno",
        actor=asked.actor,
        now=asked.now,
        subject=change.plan_key,
        after={"change": change.id, "digest": change.digest},
    )
    if not accepted:
        await _tell_of_refusal(asked, change)
    return Answer(message=_decided(change, decision_of(change)), edits_tapped=True)


def _decided(change: PlanChangeRow, decision: Decision) -> Message:
    when = f" lúc {local(change.decided_at):%H:%M ngày %d/%m/%Y}" if change.decided_at else ""
    if decision is Decision.REFUSED:
        return message(
            block(
                line(bold(f"Đã chọn không áp dụng{when}.")),
                line("Kế hoạch đang chạy giữ nguyên; tệp vẫn khác cho tới khi được sửa lại."),
            )
        )
    if decision is Decision.TAKEN_OVER:
        return message(f"✅ Tệp kế hoạch này đã được áp dụng, quyết định{when}.")
    return message(
        block(
            line(bold(f"✅ Đã chọn áp dụng{when}.")),
            line("Kế hoạch mới có hiệu lực sau ít giây; các cơ quan liên quan được báo."),
        )
    )


async def _tell_of_refusal(asked: Asked, change: PlanChangeRow) -> None:
    """The office's other chats and the operators, who keep the file."""
    plan = await asked.session.get_one(PlanRow, change.plan_key)
    listeners = {
        chat.id
        for chat in (
            *await office_chats(asked.session, plan.standing_office),
            *await operator_chats(asked.session),
        )
    }
    key = f"plan-refused:{change.id}:{change.proposed_at.isoformat()}"
    others = sorted(listeners - {asked.chat.id})
    await tell(asked.session, others, refused_elsewhere(plan.document), key=key, wall=asked.wall)
