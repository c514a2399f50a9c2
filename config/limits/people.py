"""Limits around subscribers: asking, own pages, lists that come and go, and how long anything is kept."""

from typing import Final

# -- Asking to subscribe ---------------------------------------------------------------------------
ASKED_PER_ADDRESS: Final = 1
"""Confirmations one address (its tags and provider's dots aside) may get in a day."""
ASKED_WITHOUT_ANSWER: Final = 3
"""Confirmations one address may get in 30 days while none of them is answered."""
ASKED_PER_NETWORK: Final = 20
"""Confirmations one /24 (IPv4) or /64 (IPv6) may cause in an hour; a school shares one, and Tor's exits."""
ASKED_PER_DOMAIN: Final = 100
"""Confirmations one recipient domain may get in an hour."""
ASKED_PER_LARGE_DOMAIN: Final = 1_000
"""The same for the large providers, where half of a list lives."""
ASKED_IN_ALL: Final = 2_000
"""Confirmations we send in an hour, whoever asks."""
ANSWER_CHUNK: Final = 100
"""Requests answered in one transaction."""
ATTACK_WINDOW_SECONDS: Final = 600
"""Over how long we look for an attack on the form."""
ATTACK_REQUESTS: Final = 200
"""Requests in that time below which nothing is called an attack."""
ATTACK_CONFIRMED_SHARE: Final = 0.1
"""The share of requests confirmed below which so many of them are an attack."""
ATTACK_MEMORY_SECONDS: Final = 5
"""How long one process believes what it found out about an attack."""
SLOW_WAY_SECONDS: Final = 15 * 60
"""How long who could not prove work waits for a confirmation while the form is under attack."""
CHALLENGE_SECONDS: Final = 30 * 60
"""How long a proof of work may take, the typing included."""
CHALLENGE_COST: Final = 2_000
"""PBKDF2 iterations of one try; a solution takes about 256 tries, half a second on a telephone."""
BELL_PAUSE_SECONDS: Final = 0.1
"""How long the bell of a web process rests between two rings."""

# -- Retention -------------------------------------------------------------------------------------
RETENTION_CHUNK: Final = 5_000
"""Rows that one rule takes away in one transaction: short enough that nobody waits for its locks."""
RETENTION_SECONDS: Final = 23 * 3600
"""A run of the rules is not repeated within this time: once a day, with room for the hourly bell."""
RETENTION_BELL_SECONDS: Final = 3600
"""How often beat asks whether today's run was made."""
UNANSWERED_DAYS: Final = 7
"""A request that no worker answered in this time is answered no more."""
RUNS_SHOWN: Final = 10
"""How many runs a report of retention lists."""
WEEKS_SHOWN: Final = 12
"""How many weeks of joining and leaving the console shows."""

# -- A subscriber's own page -----------------------------------------------------------------------
FRESH_TOKEN_SECONDS: Final = 3600
"""How long the link is good that opens a person's own page."""
FRESH_LINKS_AN_HOUR: Final = 3
"""Fresh links one subscriber may be mailed in an hour, whoever presses the button."""
FRESH_LINKS_A_DAY_ENDED: Final = 1
"""The same in a day for who left the list: an old mail in other hands must not become a nuisance."""
ADDRESS_CHANGE_TOKEN_SECONDS: Final = 24 * 3600
"""How long a new address has to confirm that it takes a subscription over."""
ADDRESS_CHANGES_A_DAY: Final = 3
"""How often one subscriber may name a new address in a day: each is a mail to somebody."""
PAUSE_DAYS: Final = 366
"""The longest pause; who wants a longer one leaves."""
PAUSES_OFFERED: Final = (7, 30, 90)
"""The pauses, in days, that a link in any mail may begin."""
UNSUBSCRIBE_MAIL_BYTES: Final = 256 * 1024
"""How much of a mail is read that asks to be unsubscribed; its header is far shorter."""
LOCAL_PART_LENGTH: Final = 64
"""The longest part of an address before the @ (RFC 5321 4.5.3.1.1)."""

# -- Lists that come and go ------------------------------------------------------------------------
LIST_BLOCK_BYTES: Final = 64 * 1024
"""How much of a list is read at a time."""
LIST_LINE_BYTES: Final = 64 * 1024
"""The longest line of a list; of a longer one only its number is kept."""
LIST_ROW_LINES: Final = 100
"""Lines that one row may run over inside quotes; else an unclosed quote would swallow the file."""
LIST_COLUMNS: Final = 200
"""Columns of a list; the longest export of the systems we know has under 60."""
LIST_CHUNK_ROWS: Final = 10_000
"""Rows that are stored in one transaction, at most."""
LIST_CHUNK_CHARACTERS: Final = 4 * 1024 * 1024
"""Characters in one such chunk, at most: long rows make it shorter, so that memory stays flat."""
LIST_NOTE_LENGTH: Final = 2_000
"""The longest wording of a consent that a row may bring."""
LIST_EARLIEST_YEAR: Final = 1990
"""Nobody consented to a mailing list before; a clock that was never set says 1970."""
LIST_DOMAINS_KEPT: Final = 30_000
"""Domains whose spelling is remembered while a list is read."""
LIST_REASON_CELL_LENGTH: Final = 40
"""How much of a cell the reason of a refusal repeats, in characters."""
RECONFIRM_A_MINUTE: Final = 15
"""Confirmations an import may ask for in a minute: less than half of ASKED_IN_ALL, the rest is the form's."""
RECONFIRM_CAP_SHARE: Final = 0.5
"""The share of a domain's cap that an import may use."""
RECONFIRM_DAYS: Final = 6
"""How far ahead an import may queue its questions: within UNANSWERED_DAYS, after which they are dropped."""
EXPORT_ROWS: Final = 1_000
"""Subscribers that an export holds in memory at a time."""
EXPORT_REASON_LENGTH: Final = 300
EXPORT_ASKED_SECONDS: Final = 7 * 24 * 3600
"""How long a wish for an export waits for its approval."""
EXPORT_FETCH_SECONDS: Final = 3600
"""How long an approved export may be fetched."""
ERASED_MAIL_SECONDS: Final = 24 * 3600
"""How long the mail is tried that tells somebody they are erased; their address goes with it."""

# -- Encrypted mail --------------------------------------------------------------------------------
PGP_CERTIFICATE_LENGTH: Final = 40_000
"""The longest OpenPGP key that is taken, as text; one without others' signatures has 1,000 to 8,000."""
KEY_EXPIRED_SECONDS: Final = 7 * 24 * 3600
"""A reader whose key has expired is told so once in this time."""
