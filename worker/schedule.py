"""What beat rings and how often. Each of these may run any number of times at once."""

from config import limits
from wiring import names

BEAT = {
    "find what the bell missed": {
        "task": names.SWEEP,
        "schedule": limits.SWEEP_SECONDS,
        "options": {"queue": names.MAINT, "expires": limits.SWEEP_SECONDS},
    },
}
