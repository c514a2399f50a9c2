"""When a plan is due again: months and years by the calendar, counted from the first payment."""

import calendar
from datetime import UTC, datetime, timedelta


def after(anchor: int, recurring: dict[str, object], times: int) -> int:
    """Give the moment `times` intervals after the anchor, both in seconds since 1970.

    The day is the anchor's, or the month's last where that has no such day; because each is counted
    from the anchor, a plan begun on the 31st is due on the 31st again after February.
    """
    start = datetime.fromtimestamp(anchor, UTC)
    count = int(str(recurring["interval_count"])) * times
    match recurring["interval"]:
        case "day":
            return int((start + timedelta(days=count)).timestamp())
        case "week":
            return int((start + timedelta(weeks=count)).timestamp())
        case "month":
            return _months(start, count)
    return _months(start, 12 * count)


def _months(start: datetime, count: int) -> int:
    years, month = divmod(start.month - 1 + count, 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())
