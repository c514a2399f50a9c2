"""Limits of what is given: amounts in minor units, attempts, and when the form shuts itself."""

from typing import Final

# -- Amounts ---------------------------------------------------------------------------------------
AMOUNT_LENGTH: Final = 24
"""The longest text that is read as an amount."""
GIFT_LARGEST: Final = 95_000_000
"""The largest gift in any currency's minor units: Stripe takes eight digits, and costs may be added."""
GIFT_LARGEST_TIMES: Final = 20_000
"""The largest gift online, as a multiple of the least one: 100,000.00 in large currencies."""

# -- What a donor may say --------------------------------------------------------------------------
DONOR_NAME_LENGTH: Final = 120
TRIBUTE_NAME_LENGTH: Final = 120
GIFT_MESSAGE_LENGTH: Final = 500
NOTICE_DAYS: Final = 30
"""An address gets one notice of gifts in this time, whoever gives."""

# -- Funds -----------------------------------------------------------------------------------------
FUND_NAME_LENGTH: Final = 80
FUND_DESCRIPTION_LENGTH: Final = 300

# -- Attempts at Stripe's page ---------------------------------------------------------------------
CHECKOUT_SECONDS: Final = 2 * 3600
"""How long a payment page may be paid at. Stripe allows from 30 minutes to a day; it must stay well below
the day for which Stripe remembers an idempotency key, so that no second session can be opened beside it."""
CHECKOUT_REST_SECONDS: Final = 120
"""How long the sweep leaves an attempt alone: its visitor is being sent to Stripe just now."""
CHECKOUT_BELL_SECONDS: Final = 60
"""How often beat asks for a sweep of attempts."""
CHECKOUT_SWEEP: Final = 100
"""Attempts that one sweep looks at."""

# -- Against card testers --------------------------------------------------------------------------
GIVE_SECONDS: Final = 3
"""How long a person needs at least to fill in the form."""
GIFTS_UNPROVEN_PER_NETWORK: Final = 3
"""Gifts one /24 or /64 may begin in an hour without a proof of work, while cards are being tested."""
GIFTS_IN_ALL: Final = 1_000
"""Gifts that may be begun in an hour, by anybody: each asks Stripe for a page."""
BREAKER_SECONDS: Final = 600
"""Over how long refused cards are counted."""
BREAKER_WARY: Final = 5
"""Refused cards in that time from which the form asks for a proof of work."""
BREAKER_SHUT: Final = 20
"""Refused cards in that time below which the form is never shut."""
BREAKER_SHARE: Final = 0.5
"""The share of payments refused from which so many shut the form; people mistype a few in a hundred."""
BREAKER_MEMORY_SECONDS: Final = 5
"""How long one process believes what it found out about refused cards."""

# -- A donor's own page ----------------------------------------------------------------------------
GIVING_TOKEN_SECONDS: Final = 3600
"""How long the link to a donor's own page opens it: a slow mail arrives, a lost telephone tells nothing."""
GIVING_LINKS_AN_HOUR: Final = 3
"""Links that one address is mailed in an hour, whoever asks for them."""
GIVING_LINKS_ASKED: Final = 20
"""Links that one /24 or /64 may ask for in an hour: who asks for more is trying addresses out."""
GIVING_LINK_CHUNK: Final = 100
"""Requests for links that are answered in one transaction."""
GIVING_LINKS_BELL_SECONDS: Final = 60
"""How often beat asks for the answers that no bell told of."""
OWN_GIFTS: Final = 120
"""Gifts that a donor's own page lists: ten years of a monthly one; all are in the file with their data."""
HOME_ADDRESS_LENGTH: Final = 400

# -- Offline gifts ---------------------------------------------------------------------------------
OFFLINE_GIFT_LARGEST: Final = 1_000_000_000_000
"""The largest gift that staff may enter, in any currency's minor units: beyond it is a slip of the hand."""
OFFLINE_GIFT_DAYS: Final = 400
"""How long ago an offline gift may have arrived: what is older belongs to a year whose books are closed."""
OFFLINE_FILE_BYTES: Final = 1_000_000
"""The largest file of offline gifts."""
OFFLINE_FILE_GIFTS: Final = 1_000
"""Gifts in one file: they are entered at once, and the series of receipts waits for them."""
OFFLINE_FAULTS_SHOWN: Final = 100
"""Bad lines of a file that are named; all are counted."""

# -- Giving back -----------------------------------------------------------------------------------
REFUND_REASON_LENGTH: Final = 300
"""Staff's reason for a refund, which the audit log keeps."""
REFUND_REST_SECONDS: Final = 120
"""How long the sweep leaves a refund alone: whoever asked for it waits for Stripe's answer just now."""
REFUND_KEY_SECONDS: Final = 20 * 3600
"""For how long a refund is asked for again; Stripe forgets an idempotency key after a day."""
REFUND_SWEEP: Final = 100
"""Refunds that one sweep looks at."""

# -- Kept for a day --------------------------------------------------------------------------------
GIVING_LINK_REQUEST_DAYS: Final = 1
"""A request for a donor's link that no worker answered in this time is answered no more."""
CARD_FAILURE_DAYS: Final = 1
"""How long it is kept that a card was refused: the breaker looks back for minutes."""
