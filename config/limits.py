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
BATCH_SIZE: Final = 1_000
"""Deliveries in one batch: what one worker claims at a time."""
BATCHES_PER_CHUNK: Final = 5
"""Into how many batches a chunk of the audience is cut at least, where it is large enough."""
WINDOW_SIZE: Final = 50
"""Deliveries whose consent is read again, and which are marked, together: the first window of a process."""
WINDOW_SIZE_MAX: Final = 1_000
WINDOW_BYTES: Final = 16 * 1024 * 1024
"""The most of the windows after it, in deliveries and in bytes: a window's messages are in memory."""
EDITIONS_KEPT: Final = 4
"""Announcements whose rendered mails one process keeps, the oldest is forgotten first."""
DOMAINS_KEPT: Final = 30_000
"""Recipient domains whose name in the table of paces one process remembers."""
LOOK_SECONDS: Final = 1.0
"""How often a sender asks whether it may go on, and at what rate."""
FREEZE_CHUNK: Final = 5_000
"""Subscribers frozen into an audience in one transaction."""
REASON_LENGTH: Final = 300
"""How much of a relay's answer is kept."""
SILENCES: Final = 3
"""How many broken connections in a row mean that the relay is away, not that one message breaks them."""
BELLS: Final = 8
"""How many workers the sweeper wakes at once for one queue."""
BELLS_TX: Final = 2
"""How many bells for single mails may wait: what answers visitors waits in the same queue behind them."""
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
SMTP_TAIL_BYTES: Final = 64 * 1024
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
CLOCKS_APART_SECONDS: Final = 5
"""How far this host's clock may be from the database's before `flask doctor` says so."""
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

# -- The console -----------------------------------------------------------------------------------
PAGE_ROWS: Final = 25
"""Rows of a list on one page."""
CONTACTS: Final = 20
"""The most contacts that a release's form takes."""
PROGRESS_SECONDS: Final = 2
"""How often a page or a command asks how far an announcement is."""
TEMPO_SECONDS: Final = 60
"""Over how long the speed of an announcement is measured; sooner it says nothing."""
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

# -- Speed of the subscribe form -------------------------------------------------------------------
OFFER_MEMORY_SECONDS: Final = 1
"""How long one process believes that a topic is on offer, once it has seen so."""
PAGES_KEPT: Final = 64
"""Pages that are the same for everybody, each in each language, that one process keeps as bytes."""

# -- Attachments -----------------------------------------------------------------------------------
ATTACHMENT_BYTES: Final = 20 * 1024 * 1024
"""The largest file that a release may carry."""
ATTACHMENTS: Final = 10
"""The most files of one release."""
ATTACHMENT_NAME_LENGTH: Final = 120
ATTACHED_BYTES: Final = 256 * 1024
"""The largest PDF that travels in the mail itself; a larger one is a link in it."""
ATTACHED_BYTES_OF_MAIL: Final = 512 * 1024
"""What travels in one mail at most, all files together: many mailboxes are small and many lines slow."""
ATTACHMENT_BODY_BYTES: Final = ATTACHMENT_BYTES + 64 * 1024
"""The largest body that carries a file to a draft: the file, its name and the form around them."""
ATTACHMENT_SECONDS: Final = 300
"""How long a browser or a proxy may keep a file of a release."""
ATTACHMENT_BLOCK_BYTES: Final = 256 * 1024
"""How much of a file is read at a time while it is sent."""
AMENDABLE_SHOWN: Final = 50
"""How many published releases the console offers to correct; an older one is named by its slug."""
PACKED_ENTRIES: Final = 2_000
"""The most entries of a packed document (ODT, DOCX) that is looked into."""

# -- Releases for other programs -------------------------------------------------------------------
API_RELEASES_A_PAGE: Final = 20

# -- The life of an announcement -------------------------------------------------------------------
BREAK_GLASS_LENGTH: Final = 20
"""The shortest reason for which one person does the work of two."""
SCHEDULE_LATE_SECONDS: Final = 3600
"""How late a scheduled announcement may start by itself; later, a person decides."""
EPOCH_SECONDS: Final = 3600
"""How old the database's last heartbeat may be before it is held for a restored copy."""
SKIP_BATCHES: Final = 100
"""Batches of cancelled announcements that are closed in one transaction."""

# -- Pacing ----------------------------------------------------------------------------------------
GRANT_SECONDS: Final = 1.0
"""How far ahead a sender draws its turns: a change of rate is felt once they are used up, or void."""
SENDING_RATE_MAX: Final = 100_000.0
"""Mails a second that a limit may name; a limit above what any host sends is none."""
SENDING_RATE_MIN: Final = 0.001
"""Mails a second that a limit may name: four an hour. Who wants nothing sent pauses."""
SENDING_CONNECTIONS_MAX: Final = 1_000
"""Connections that a limit may name."""
SENDING_WINDOW_MAILS_MAX: Final = 1_000_000_000
SENDING_WINDOW_SECONDS_MIN: Final = 10
"""The shortest sliding window: grants are a second long, so a shorter one would be mostly margin."""
SENDING_WINDOW_SECONDS_MAX: Final = 31 * 24 * 3600
"""The longest sliding window: some relays count by the month."""
WINDOW_SLOTS: Final = 60
"""Into how many slots a sliding window is cut to be counted; no slot is shorter than a second."""
WINDOW_RESERVE: Final = 0.05
"""The share of a sliding window that announcements leave free, so that a confirmation need not wait."""
DOMAIN_RATE_START: Final = 10.0
"""Mails a second from which a domain without a cap is slowed, and at which it is free again."""
DOMAIN_RATE_MIN: Final = 0.1
"""Mails a second below which no domain is slowed."""
SLOW_AGAIN_SECONDS: Final = 10
"""A domain is slowed once in this time: the many refusals of one window are one message."""
PUT_BACK_SECONDS: Final = 15 * 60
"""How far a mail is put back at most while its recipient's domain is busy; then it asks again."""
PACE_KEPT_SECONDS: Final = 3600
"""A pace that nobody drew from in this time is forgotten."""

# -- Several relays, and the breaker ---------------------------------------------------------------
RELAY_WEIGHT: Final = 1_000
"""The largest weight of a relay."""
RELAY_PROBE_SECONDS: Final = 60
"""How long the one batch that tries a relay again has to say how it went, before another may try."""
PAUSE_SHARE: Final = 0.1
"""The share of refused mails above which an announcement is paused."""
PAUSE_SAMPLE: Final = 50
"""How many mails must be accepted or refused before that share means anything."""
MAILBOX_FULL_TIMES: Final = 3
"""At so many announcements in a row that a full mailbox refuses, its subscription ends."""

# -- A worker that failed --------------------------------------------------------------------------
FAILED_WORKER_SECONDS: Final = 25
"""How long a worker whose main loop failed waits for its tasks before it ends without them."""
OUTAGE_LOOK_SECONDS: Final = 0.5
"""How often a task that lost the database asks whether it is back."""

# -- The close-out report, and what staff are told -------------------------------------------------
REPORT_IDS: Final = 10_000
"""Deliveries of one kind that a report lists by id; of more it says how many, and its CSV has them all."""
REPORT_REASONS: Final = 100
"""Reasons that a report counts one by one, the most frequent; some relays put a number into each answer."""
REPORT_CHUNK: Final = 10_000
"""Deliveries that are hashed together, so that memory stays flat in the database too."""
REPORT_SHOWN: Final = 100
"""Deliveries of one kind that the report's page lists."""
STAFF_NOTICE_SECONDS: Final = 3 * 24 * 3600
"""How long a mail is tried that tells staff what an announcement did; later its page has told them."""
