"""Limits around the books: how far sweeps look back, and how they are compared with Stripe's."""

from typing import Final

# -- Comparing our books with Stripe's -------------------------------------------------------------
BOOKS_CHUNK: Final = 1_000
"""Lines of Stripe's books that are compared with ours at once: what of them is in memory."""
BOOKS_IDS_SHOWN: Final = 100
"""Ids of one kind that a reconciliation names; all of them are counted."""
BOOKS_LAG_SECONDS: Final = 15 * 60
"""At night, what is younger may still be on its way to us, and is compared the next night."""
BOOKS_RECENT_SECONDS: Final = 35 * 24 * 3600
"""How far back payments and payouts are asked for anew: a month, and the days that a debit takes."""
BOOKS_TRIES: Final = 3
"""Readings of Stripe's balance until one stands still meanwhile."""
BOOKS_BELL_SECONDS: Final = 3600
"""How often beat rings for the night's sweep and comparison; they are done once a day."""
BOOKS_NIGHT_SECONDS: Final = 23 * 3600
"""How long after one night's comparison the next is due: less than a day, so that none is skipped."""
BOOKS_LATE_SECONDS: Final = 2 * 24 * 3600 + 3600
"""How old the last comparison may be before `flask doctor` says so: two nights."""
DIFFERENCE_DUE_SECONDS: Final = 2 * 24 * 3600
"""By when staff look at a difference."""

# -- Sweeping Stripe's objects ---------------------------------------------------------------------
SWEEP_OBJECTS_SECONDS: Final = 35 * 24 * 3600
"""How far back the nightly sweep asks for objects, whatever events came; further after an absence."""
SWEEP_OVERLAP_SECONDS: Final = 3600
"""How much of what was swept before is swept again: clocks differ, and lists are not instant."""
SWEEP_WRITE_CHUNK: Final = 100
"""Lines that one transaction writes into the ledger: a page of Stripe's."""

# -- What staff are asked about money --------------------------------------------------------------
DISPUTE_DUE_SECONDS: Final = 7 * 24 * 3600
"""By when a dispute or an inquiry is answered where Stripe names no day; networks give a week or more."""
FRAUD_WARNING_DUE_SECONDS: Final = 24 * 3600
"""By when staff decide on a fraud warning: the dispute that a refund forestalls may come within days."""
MONEY_TASK_DUE_SECONDS: Final = 3 * 24 * 3600
"""By when everything else is looked at: a failed refund, a gift that was paid twice, money of nobody's."""
JOINING_CHUNK: Final = 100
"""Donors whose wish to join the list is passed on in one transaction."""
JOINING_BELL_SECONDS: Final = 60
"""How often it is looked whether a donor wants to join the list."""
GIFT_MAIL_SECONDS: Final = 14 * 24 * 3600
"""How long the news that a gift is on its way, failed or was given back is worth a mail."""

# -- Telling staff of it ---------------------------------------------------------------------------
MONEY_TASKS_BELL_SECONDS: Final = 180
"""How often it is looked whether staff have a task about money that they were not told of."""
MONEY_TASKS_REST_SECONDS: Final = 3600
"""How long after one mail about tasks the next may go: all that comes meanwhile is one mail."""
MONEY_TASK_HASTY_SECONDS: Final = 2 * 24 * 3600
"""How near the day of a dispute or fraud warning is for it to wait for no hour."""
MONEY_TASKS_MAIL_SECONDS: Final = 2 * 24 * 3600
"""How long a mail about tasks is tried; later the page has told them, and what is overdue is told anew."""

# -- What staff do about it in the console ---------------------------------------------------------
MONEY_TASK_OUTCOME_LENGTH: Final = 300
"""Staff's note on how a task about money ended."""
MONEY_TASK_UNDO_SECONDS: Final = 24 * 3600
"""For how long a task that was settled by mistake can be opened again."""
MONEY_TASKS_SHOWN: Final = 100
"""Tasks about money that a page shows: of the open ones the first due, of the settled ones the last."""

# -- Exports for the accountant --------------------------------------------------------------------
EXPORT_LINES: Final = 1_000
"""Rows of the books that an export holds in memory at a time."""
EXPORT_PIECE_LENGTH: Final = 64 * 1024
"""Characters that leave at once."""
EXPORT_LAST_YEAR: Final = 2999
"""The last year that an export may be asked of."""
