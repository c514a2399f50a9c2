"""What beat rings and how often. Each of these may run any number of times at once."""

from config import limits
from wiring import names

BEAT = {
    "find what the bell missed": {
        "task": names.SWEEP,
        "schedule": limits.SWEEP_SECONDS,
        "options": {"queue": names.MAINT},
    },
    # Every hour, for a run a day: a beat that was away at the hour of a daily bell would skip the day.
    "take away what was kept long enough": {
        "task": names.RETENTION,
        "schedule": limits.RETENTION_BELL_SECONDS,
        "options": {"queue": names.MAINT},
    },
}
