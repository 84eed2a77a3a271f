"""The edge between instants (aware, UTC inside) and days and hours as people in Vietnam live them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def local(instant: datetime) -> datetime:
    """The instant on a clock in Vietnam. Naive datetimes are refused."""
    if instant.tzinfo is None:
        raise ValueError(f"a naive datetime is not an instant: {instant!r}")
    return instant.astimezone(TIME_ZONE)


def day_of(instant: datetime) -> date:
    """The day in Vietnam at that instant."""
    return local(instant).date()


def instant_of(day: date, hour: time) -> datetime:
    """The instant (UTC) at which clocks in Vietnam show `hour` on `day`."""
    return datetime.combine(day, hour, tzinfo=TIME_ZONE).astimezone(UTC)
