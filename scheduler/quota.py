"""Counted channels: warn while there is time, and know when to try again once nothing leaves any more."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message, block, bold, line, message
from bot.notes import tell
from bot.wording import capitalised, full_day
from plan.vietnam import instant_of
from store import chats
from store.oversight import overseers
from store.quota import Allowance, count_sends, month_after, month_of, users_of

_LEVELS = (80, 100)
_HOUR = timedelta(hours=1)
_LEAST_PAUSE = timedelta(minutes=1)
_MIDNIGHT = time(0, 0)


async def note_sends(
    session: AsyncSession,
    sends: Mapping[str, int],
    allowances: Mapping[str, Allowance],
    *,
    now: datetime,
    wall: datetime,
) -> None:
    """Count what left by each channel, and warn the standing offices and the operators when a level is reached: once a month
    each, and anew when another number is allowed. `now` is business time."""
    for channel, count in sorted(sends.items()):
        allowance = allowances.get(channel)
        if allowance is None or not count:
            continue
        sent = await count_sends(session, channel=channel, count=count, allowance=allowance, now=now)
        month = month_of(now)
        level = _level_reached(sent, allowance.messages)
        if level is not None:
            key = f"quota:{channel}:{month:%Y-%m}:{level}:{allowance.messages}"
            await _warn(session, _messages_warning(channel, sent, allowance.messages, now), key, wall)
        users = await users_of(session, channel)
        level = _level_reached(users, allowance.users)
        if level is not None:
            key = f"users:{channel}:{month:%Y-%m}:{level}:{allowance.users}"
            await _warn(session, _users_warning(channel, users, allowance.users), key, wall)


def _level_reached(count: int, allowed: int) -> int | None:
    """The highest one, in percent."""
    return max((level for level in _LEVELS if count * 100 >= allowed * level), default=None)


def next_useful(*, used_up: bool, opening: datetime, now: datetime, wall: datetime) -> datetime:
    """When to try again after the service said that the quota is exceeded (wall time). When our own count says so too: with
    the next month or the next `opening` of the hours for notices, whichever comes first, for nothing else leaves until then
    (both in business time). Else with the next hour."""
    if used_up:
        until = min(instant_of(month_after(month_of(now)), _MIDNIGHT), opening)
        return wall + max(until - now, _LEAST_PAUSE)
    since_full_hour = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
    return wall + max(_HOUR - since_full_hour, _LEAST_PAUSE)


async def _warn(session: AsyncSession, warning: Message, key: str, wall: datetime) -> None:
    offices = (await overseers(session)).offices.values()
    listeners = {chat for of_office in offices for chat in of_office}
    listeners |= {chat.id for chat in await chats.operator_chats(session)}
    await tell(session, sorted(listeners), warning, key=key, wall=wall)


def _messages_warning(channel: str, sent: int, allowed: int, now: datetime) -> Message:
    name, again = capitalised(channel), full_day(month_after(month_of(now)))
    if sent < allowed:
        return message(
            block(line(bold(f"⚠️ {name}: đã gửi {sent}/{allowed} tin của tháng."))),
            f"Hết số tin này thì đến ngày {again} chỉ còn lời nhắc được gửi, câu trả lời và tin khác phải chờ."
            " Cơ quan nào dùng được kênh khác thì nên kết nối thêm: /invite",
        )
    return message(
        block(line(bold(f"⛔ {name}: đã dùng hết {allowed} tin của tháng."))),
        f"Đến ngày {again}, bot ưu tiên lời nhắc; câu trả lời và tin khác được giữ lại."
        " Những gì bị giữ lại có trong danh sách mỗi sáng.",
    )


def _users_warning(channel: str, users: int, allowed: int) -> Message:
    name = capitalised(channel)
    return message(
        block(line(bold(f"⚠️ {name}: đã có {users}/{allowed} người dùng bot."))),
        "Đủ số này thì người mới không kết nối được ở đó. Có thể dùng chung một nhóm, hoặc kênh khác.",
    )
