"""Limits of what comes in over HTTP: bodies, links, pages, other sites."""

from typing import Final

# -- Addresses -------------------------------------------------------------------------------------
ADDRESS_LENGTH: Final = 254
"""The longest mail address (RFC 5321 4.5.3.1.3, erratum 1690)."""

# -- HTTP ------------------------------------------------------------------------------------------
PUBLIC_BODY_BYTES: Final = 64 * 1024
"""The largest body a visitor may post."""
STAFF_BODY_BYTES: Final = 2 * 1024 * 1024
"""The largest body a staff member may post: a long release with room to spare."""
FORM_NONCE_SECONDS: Final = 12 * 3600
"""How long a visitor's form stays good once it was shown."""
HOOK_BODY_BYTES: Final = 512 * 1024
"""The largest body a webhook may post."""
HSTS_SECONDS: Final = 2 * 365 * 24 * 3600
"""How long a browser remembers that this site is reached over TLS only."""
STATIC_SECONDS: Final = 3600
"""How long a browser may keep a style sheet."""
CLOCKS_APART_SECONDS: Final = 5
"""How far this host's clock may be from the database's before `flask doctor` says so."""
PROBE_SECONDS: Final = 2
"""How long /readyz and `flask doctor` wait for an engine to answer."""
TEST_COPY_SECONDS: Final = 3600
"""How long a test copy is worth sending."""
PASSWORD_LENGTH_MAX: Final = 256
"""The longest password that is hashed: long enough for any sentence."""

# -- Tokens ----------------------------------------------------------------------------------------
CONFIRM_TOKEN_SECONDS: Final = 72 * 3600
"""How long a confirmation link is good."""
CLOCK_SKEW_SECONDS: Final = 120
"""How far a clock may be set back before fresh links are refused."""
TOKEN_LENGTH: Final = 400
"""The longest token that is looked at; ours are under 120 characters."""
INVITATION_TOKEN_SECONDS: Final = 72 * 3600
"""How long a staff invitation is good."""

# -- Storage ---------------------------------------------------------------------------------------
DATABASE_CONNECT_SECONDS: Final = 5
"""How long a connection to PostgreSQL may take to open."""

# -- Public pages ----------------------------------------------------------------------------------
RELEASES_ON_FRONT_PAGE: Final = 3
RELEASES_A_PAGE: Final = 20
FEED_ENTRIES: Final = 20
"""How many releases the feed holds."""
PAGE_SECONDS: Final = 60
"""How long a browser or a proxy may keep a public page: a new release must not wait behind an old copy."""
FEED_SECONDS: Final = 300
"""How long a feed reader may keep the feed."""

# -- The console -----------------------------------------------------------------------------------
PAGE_ROWS: Final = 25
"""Rows of a list on one page."""
CONTACTS: Final = 20
"""The most contacts that a release's form takes."""
PROGRESS_SECONDS: Final = 2
"""How often a page or a command asks how far an announcement is."""
SPEED_SECONDS: Final = 60
"""Over how long the speed of an announcement is measured; over less it is a first guess."""
SPEED_SECONDS_LEAST: Final = 2
"""How long an announcement must have been on its way for a first guess."""
COUNTED_AT_ONCE: Final = 5_000
"""Readers of an announcement's topics up to which a page counts, unasked, whom it would reach."""
TWICE_SHOWN: Final = 100
"""How many deliveries that may have arrived twice a page lists by id."""
FINDINGS_SHOWN: Final = 12
"""How many findings of an import a page repeats; they travel in the session's cookie, which is small."""
LEFT_OUT_LENGTH: Final = 400
"""How much of what an import left out a page repeats, in characters."""
DESK_ROWS: Final = 10
"""How many rows of each kind the console's first page lists."""
TOPIC_NAME_LENGTH: Final = 80
TOPIC_DESCRIPTION_LENGTH: Final = 300
RETRY_AFTER_SECONDS: Final = 5 * 60
"""How long a person who tried too often is asked to wait."""

# -- What other sites ask --------------------------------------------------------------------------
API_TOPICS: Final = 50
"""Topics that one request may name."""
API_FAULTS: Final = 20
"""How many unknown fields one answer names."""
API_FAULT_NAME_LENGTH: Final = 80
"""How much of an unknown field's name is repeated."""
PREFLIGHT_SECONDS: Final = 600
"""How long a browser may remember that another site's page may call us."""
RETURN_URL_LENGTH: Final = 500
"""The longest address of another site's page that we link back to."""

# -- Speed of the subscribe form -------------------------------------------------------------------
OFFER_MEMORY_SECONDS: Final = 1
"""How long one process believes that a topic is on offer, once it has seen so."""
PAGES_KEPT: Final = 64
"""Pages that are the same for everybody, each in each language, that one process keeps as bytes."""

# -- Releases for other programs -------------------------------------------------------------------
API_RELEASES_A_PAGE: Final = 20
