"""Every limit the product sets, in one place: lengths in characters, sizes in bytes, times in seconds.

A limit lives here so that a person can answer "how long may a headline be?" by reading one page, and so
that the form, the importer, the table and the test cannot disagree.
"""

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

# -- Releases --------------------------------------------------------------------------------------
IMPORT_FILE_BYTES: Final = 2 * 1024 * 1024
"""The largest file a release is imported from; real ones are under 100 KB."""
HEADLINE_LENGTH: Final = 300
SUBHEAD_LENGTH: Final = 500
SLUG_LENGTH: Final = 80
PLACE_LENGTH: Final = 120
CONTACT_FIELD_LENGTH: Final = 200
BODY_LENGTH: Final = 200_000
BOILERPLATE_LENGTH: Final = 10_000
POSTAL_ADDRESS_LENGTH: Final = 1_000

# -- Tokens ----------------------------------------------------------------------------------------
CONFIRM_TOKEN_SECONDS: Final = 72 * 3600
"""How long a confirmation link is good."""
CLOCK_SKEW_SECONDS: Final = 120
"""How far a clock may be set back before fresh links are refused."""

# -- Sending ---------------------------------------------------------------------------------------
BATCH_SIZE: Final = 500
"""Deliveries in one batch: what one worker claims at a time."""
BATCHES_PER_CHUNK: Final = 10
"""Into how many batches a chunk of the audience is cut at least, where it is large enough."""
WINDOW_SIZE: Final = 50
"""Deliveries whose consent is read again, and which are marked, together."""
FREEZE_CHUNK: Final = 5_000
"""Subscribers frozen into an audience in one transaction."""
REASON_LENGTH: Final = 300
"""How much of a relay's answer is kept."""
SILENCES: Final = 3
"""How many broken connections in a row mean that the relay is away, not that one message breaks them."""
BELLS: Final = 8
"""How many workers the sweeper wakes at once for one queue."""
BELL_SECONDS: Final = 15
"""A bell nobody heard in this time is forgotten; the sweeper rings again."""
SWEEP_SECONDS: Final = 10
"""How often the sweeper looks for rows that no bell told of."""
SLICE_SECONDS: Final = 20
"""How long one task sends before it gives its batch back: a shutdown waits for it."""
IDLE_CONNECTION_SECONDS: Final = 30
"""How long a kept connection may be idle; relays close theirs after 5 minutes (RFC 5321 4.5.3.2.7)."""
LEASE_SECONDS: Final = 240
"""How long a claimed batch is its holder's alone: a renewal's age and the slowest single message fit in."""
RENEW_SECONDS: Final = 60
"""A lease older than this is renewed before the next message."""
SMTP_TIMEOUT_SECONDS: Final = 20
"""How long one SMTP reply is waited for."""
SMTP_DOT_TIMEOUT_SECONDS: Final = 45
"""How long the reply to the final dot is waited for: too short makes duplicates (RFC 1047)."""

# -- Tokens, continued: what a link may be ---------------------------------------------------------
TOKEN_LENGTH: Final = 400
"""The longest token that is looked at; ours are under 120 characters."""
INVITATION_TOKEN_SECONDS: Final = 72 * 3600
"""How long a staff invitation is good."""

# -- Mails to one address --------------------------------------------------------------------------
SAME_MAIL_SECONDS: Final = 24 * 3600
"""One address gets one confirmation in this time, whatever is posted in its name."""

# -- Mails -----------------------------------------------------------------------------------------
PREHEADER_LENGTH: Final = 140
"""Characters of the first sentence that a list of mails shows beside the subject."""
NESTING_DEPTH: Final = 12
"""Levels of lists, quotes and emphasis a body may have; what lies deeper is kept as plain words."""
MAIL_WIDTH: Final = 72
"""Columns of a plain-text mail."""
HOLE_URL_LENGTH: Final = 300
"""The longest URL that fills a hole in a mail."""
HEADER_LINE_LENGTH: Final = 998
"""The longest line of a message, without its CRLF (RFC 5322 2.1.1)."""

# -- The SMTP wire ---------------------------------------------------------------------------------
SMTP_REPLY_BYTES: Final = 16 * 1024
"""The longest reply that is read, all lines together; RFC 5321 4.5.3.1.5 allows a line 512."""
SMTP_REPLY_TEXT_LENGTH: Final = 500
"""How much of a reply's words is kept with a delivery, in characters."""
SMTP_QUIT_SECONDS: Final = 2
"""How long the goodbye of a relay is waited for: nothing depends on it."""
SMTP_TAIL_BYTES: Final = 16 * 1024
"""What of a message is written together with its final dot; the rest goes ahead of the mark."""

# -- The staff's sign-in ---------------------------------------------------------------------------
PASSWORD_LENGTH: Final = 12
"""The shortest password a staff member may choose."""
STAFF_NAME_LENGTH: Final = 120
SESSION_IDLE_SECONDS: Final = 45 * 60
"""How long a signed-in member may do nothing before they must sign in again."""
SESSION_SECONDS: Final = 12 * 3600
"""How long one sign-in lasts at most."""
SESSION_TOUCH_SECONDS: Final = 60
"""How often the cookie is dated anew while somebody works."""
FRESH_SIGN_IN_SECONDS: Final = 10 * 60
"""How recently somebody must have proved themselves before a send, an export or a refund."""
FACTOR_SET_UP_SECONDS: Final = 15 * 60
"""How long setting up a second factor or a passkey may take."""
RECOVERY_CODES: Final = 8
"""How many recovery codes a member is given."""
SIGN_IN_TRIES_OF_PREFIX: Final = "30 per 5 minutes; 200 per day"
"""Tries to sign in from one network (IPv4 /24, IPv6 /48)."""
SIGN_IN_TRIES_OF_ACCOUNT: Final = "10 per 5 minutes; 100 per day"
"""Tries to sign in to one account, wherever they come from."""
CODE_TRIES_OF_ACCOUNT: Final = "5 per minute; 20 per hour; 60 per day"
"""Tries of a six-digit or a recovery code: at this pace guessing one takes decades."""

# -- HTTP, continued -------------------------------------------------------------------------------
HOOK_BODY_BYTES: Final = 512 * 1024
"""The largest body a webhook may post."""
HSTS_SECONDS: Final = 2 * 365 * 24 * 3600
"""How long a browser remembers that this site is reached over TLS only."""
STATIC_SECONDS: Final = 3600
"""How long a browser may keep a style sheet."""
PROBE_SECONDS: Final = 2
"""How long /readyz and `flask doctor` wait for an engine to answer."""
TEST_COPY_SECONDS: Final = 3600
"""How long a test copy is worth sending."""
PASSWORD_LENGTH_MAX: Final = 256
"""The longest password that is hashed: long enough for any sentence."""

# -- Public pages ----------------------------------------------------------------------------------
RELEASES_ON_FRONT_PAGE: Final = 3
RELEASES_A_PAGE: Final = 20
FEED_ENTRIES: Final = 20
"""How many releases the feed holds."""
PAGE_SECONDS: Final = 60
"""How long a browser or a proxy may keep a public page: a new release must not wait behind an old copy."""
FEED_SECONDS: Final = 300
"""How long a feed reader may keep the feed."""
ANSWER_STEP_SECONDS: Final = 0.05
"""The subscribe form is answered after a whole number of these, however much there was to do."""

# -- The console -----------------------------------------------------------------------------------
PAGE_ROWS: Final = 25
"""Rows of a list on one page."""
CONTACTS: Final = 20
"""The most contacts that a release's form takes."""
PROGRESS_SECONDS: Final = 2
"""How often a page or a command asks how far an announcement is."""
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

# -- Importing a release ---------------------------------------------------------------------------
IMPORT_BLOCKS: Final = 10_000
"""Paragraphs, headings and list items in one imported file; the longest body has room for fewer."""

# -- Storage ---------------------------------------------------------------------------------------
DATABASE_CONNECT_SECONDS: Final = 5
"""How long a connection to PostgreSQL may take to open."""
