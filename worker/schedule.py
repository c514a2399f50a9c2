"""What beat rings and how often. Each of these may run any number of times at once."""

from config import limits
from wiring import names

BEAT = {
    "find what the bell missed": {
        "task": names.SWEEP,
        "schedule": limits.SWEEP_SECONDS,
        "options": {"queue": names.MAINT},
    },
    "apply the stripe events that no bell told of": {
        "task": names.APPLY_EVENTS,
        "schedule": limits.EVENTS_BELL_SECONDS,
        "options": {"queue": names.HOOKS},
    },
    "ask Stripe for the events that no webhook told of": {
        "task": names.LIST_EVENTS,
        "schedule": limits.EVENTS_LIST_SECONDS,
        "options": {"queue": names.HOOKS},
    },
    "settle the attempts at payment pages that were left behind": {
        "task": names.SWEEP_CHECKOUTS,
        "schedule": limits.CHECKOUT_BELL_SECONDS,
        "options": {"queue": names.HOOKS},
    },
    # Every hour, for a run a day: a beat that was away at the hour of a daily bell would skip the day.
    "take away what was kept long enough": {
        "task": names.RETENTION,
        "schedule": limits.RETENTION_BELL_SECONDS,
        "options": {"queue": names.MAINT},
    },
    "look ahead at the renewals of plans": {
        "task": names.RENEWALS,
        "schedule": limits.PLAN_NOTICE_BELL_SECONDS,
        "options": {"queue": names.MAINT},
    },
    "ask for the list for donors who ticked the box": {
        "task": names.JOIN,
        "schedule": limits.JOINING_BELL_SECONDS,
        "options": {"queue": names.MAINT},
    },
    # Every hour, for a comparison a night: one that Stripe did not answer is made up an hour later.
    "compare the books with Stripe's": {
        "task": names.BOOKS,
        "schedule": limits.BOOKS_BELL_SECONDS,
        "options": {"queue": names.HOOKS},
    },
}
