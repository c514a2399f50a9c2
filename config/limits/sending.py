"""Limits of sending: batches, windows, the wire, paces, and the life of an announcement."""

from typing import Final

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
ONE_SENDER_RATE: Final = 50
"""Mails a second up to which an announcement is one sender's: more of them would wait for their turns."""
SOON_SECONDS: Final = 2.0
"""How long a sender waits for a batch that is due in a moment, as at a provider's cap."""
LOOK_SECONDS: Final = 1.0
"""How often a sender asks whether it may go on, and at what rate."""
FREEZE_CHUNK: Final = 5_000
"""Subscribers frozen into an audience in one transaction."""
FREEZE_SLICE_SECONDS: Final = 3
"""How long one task freezes before it hands on: what else waits in its queue has its turn meanwhile."""
REASON_LENGTH: Final = 300
"""How much of a relay's answer is kept."""
SILENCES: Final = 3
"""How many broken connections in a row, or refusals of MAIL for now, are one message's own fault; more are
the relay's, and it is taken to be away."""
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
SMTP_TIMEOUT_SECONDS: Final = 20
"""How long one SMTP reply is waited for."""
SMTP_DOT_TIMEOUT_SECONDS: Final = 45
"""How long the reply to the final dot is waited for: too short makes duplicates (RFC 1047)."""
KEY_ASK_SECONDS: Final = 300
"""How often a delivery that waits for a data key looks whether the key is back."""

# -- Mails to one address --------------------------------------------------------------------------
SAME_MAIL_SECONDS: Final = 24 * 3600
"""One address gets one confirmation in this time, whatever is posted in its name."""

# -- The SMTP wire ---------------------------------------------------------------------------------
SMTP_REPLY_BYTES: Final = 16 * 1024
"""The longest reply that is read, all lines together; RFC 5321 4.5.3.1.5 allows a line 512."""
SMTP_REPLY_TEXT_LENGTH: Final = 500
"""How much of a reply's words is kept with a delivery, in characters."""
SMTP_QUIT_SECONDS: Final = 2
"""How long the goodbye of a relay is waited for: nothing depends on it."""
SMTP_TAIL_BYTES: Final = 64 * 1024
"""What of a message is written together with its final dot; the rest goes ahead of the mark."""

# -- The life of an announcement -------------------------------------------------------------------
BREAK_GLASS_LENGTH: Final = 20
"""The shortest reason for which one person does the work of two."""
SCHEDULE_LATE_SECONDS: Final = 3600
"""How late a scheduled announcement may start by itself; later, a person decides."""
EPOCH_SECONDS: Final = 3600
"""How old the database's last heartbeat may be before it is held for a restored copy."""
EPOCH_SLACK_SECONDS: Final = 60
"""How long after the last heartbeat a single mail may have been queued that a sleep sets aside."""
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
WINDOW_ASK_SECONDS: Final = 60
"""How long a single mail that found the window full is put back at most: staff may lift the limit."""
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
TRIES_AT_LEAST: Final = 5
"""How often an announcement's mail is tried at least: after a long pause its deadline may be over."""
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
