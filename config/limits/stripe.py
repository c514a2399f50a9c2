"""Limits of talking with Stripe: how long it is waited for, how its events are taken, tried, given up."""

from typing import Final

# -- Asking Stripe ---------------------------------------------------------------------------------
STRIPE_CONNECT_SECONDS: Final = 3.05
STRIPE_ANSWER_SECONDS: Final = 20.0
STRIPE_RETRIES: Final = 2
"""How often the client asks again by itself, with the same idempotency key, before it is a failure."""
STRIPE_PAGE: Final = 100
"""Objects on one page of Stripe's lists; the most that Stripe gives."""

# -- Webhooks --------------------------------------------------------------------------------------
WEBHOOK_AGE_SECONDS: Final = 300
"""How far a webhook's signature may be from our clock, in the past or in the future."""
SIGNATURE_LENGTH: Final = 2_000
"""The longest Stripe-Signature that is looked at: with two secrets it has some 200 characters."""
EVENT_WORD_LENGTH: Final = 255
"""The longest id or type of an event; Stripe's are under 100 characters."""

# -- Stripe events ---------------------------------------------------------------------------------
EVENTS_AT_ONCE: Final = 50
"""Events that a worker looks up together before it applies them one by one."""
EVENT_LEASE_SECONDS: Final = 600
"""How long an object is its worker's alone: half a dozen slow answers of Stripe, tried again, fit in."""
EVENT_WAITS_SECONDS: Final = (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400)
"""How long an event waits after each failed try; after the last one it is dead, three days old."""
EVENT_DEAD_DUE_SECONDS: Final = 24 * 3600
"""By when staff look at an event that was given up."""
EVENTS_BELL_SECONDS: Final = 10
"""How often a worker looks for events that no bell told of."""
EVENTS_LIST_SECONDS: Final = 15 * 60
"""How often Stripe is asked for events that no webhook told of."""
EVENTS_OVERLAP_SECONDS: Final = 3_600
"""How much of what was listed before is listed again: an event may be shown after a later one."""
EVENTS_KEPT_SECONDS: Final = 30 * 24 * 3600
"""How long Stripe lists an event; so far back the first sweep looks."""
EVENTS_STORED_AT_ONCE: Final = 100
"""Events that a sweep stores in one transaction."""
EVENTS_SHOWN: Final = 100
"""Events that a command lists where no other number is given."""
EVENT_LATE_SECONDS: Final = 3_600
"""How long an event may wait before `flask doctor` says so."""
EVENT_DRIFT_SECONDS: Final = 7 * 24 * 3600
"""For how long `flask doctor` reminds of an event that was written in another version of the API."""
