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
