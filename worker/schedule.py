"""What beat rings and how often. Each of these may run any number of times at once."""

from config import limits
from wiring import names

_BELLS = {
    "find what the bell missed": (names.SWEEP, limits.SWEEP_SECONDS),
    "apply the stripe events that no bell told of": (
        names.APPLY_EVENTS,
        limits.EVENTS_BELL_SECONDS,
    ),
    "ask Stripe for the events that no webhook told of": (
        names.LIST_EVENTS,
        limits.EVENTS_LIST_SECONDS,
    ),
    "settle the attempts at payment pages that were left behind": (
        names.SWEEP_CHECKOUTS,
        limits.CHECKOUT_BELL_SECONDS,
    ),
    "settle the refunds whose answers were lost": (
        names.SWEEP_REFUNDS,
        limits.CHECKOUT_BELL_SECONDS,
    ),
    # Every hour, for a run a day: a beat that was away at the hour of a daily bell would skip the day.
    "take away what was kept long enough": (names.RETENTION, limits.RETENTION_BELL_SECONDS),
    "look ahead at the renewals of plans": (names.RENEWALS, limits.PLAN_NOTICE_BELL_SECONDS),
    "ask for the list for donors who ticked the box": (names.JOIN, limits.JOINING_BELL_SECONDS),
    "tell staff what about money waits for them": (
        names.MONEY_TASKS,
        limits.MONEY_TASKS_BELL_SECONDS,
    ),
    "mail the links to donors' own pages that no bell told of": (
        names.GIVING_LINKS,
        limits.GIVING_LINKS_BELL_SECONDS,
    ),
    # Every hour, for a comparison a night: one that Stripe did not answer is made up an hour later.
    "compare the books with Stripe's": (names.BOOKS, limits.BOOKS_BELL_SECONDS),
}
"""The task of each bell, and the seconds between two."""

BEAT = {
    why: {"task": task, "schedule": seconds, "options": {"queue": names.QUEUE_OF[task]}}
    for why, (task, seconds) in _BELLS.items()
}
"""The same as Celery wants it; a task's queue is said in wiring/names.py alone."""
