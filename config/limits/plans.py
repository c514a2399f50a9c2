"""Limits around plans: notice, pauses, and how long a mail about one is of use."""

from typing import Final

PLAN_NOTICE_DAYS: Final = 14
"""How long before a yearly renewal its donor is told of it."""
PLAN_NOTICE_CHUNK: Final = 100
"""Plans whose donors are given notice in one run; the next hour's run takes the rest."""
PLAN_NOTICE_BELL_SECONDS: Final = 3600
"""How often beat asks whether anybody is to be given notice."""
PLAN_PAUSE_DAYS: Final = 366
"""The longest pause of a plan: what rests longer is better ended and begun again."""
PLAN_PAUSES_OFFERED: Final = (1, 2, 3, 6, 12)
"""For how many months a donor may pause a plan."""
PLAN_MAIL_DAYS: Final = 7
"""How long a mail about a plan is of use."""
PLAN_DISPUTED_DAYS: Final = 3
"""How soon staff must decide about the plan of a donor who disputes a payment."""
