"""How long each thing of the list is kept, why, and how it goes: one table, applied once a day.

docs/privacy.md, the page /privacy and `flask privacy report` are made of `RULES` and `KEPT` too.
"""

from typing import Final

from config import limits
from config.languages import N_
from db import due
from db.due import Kept, Rule
from mailer import taking

RULES: Final = (
    Rule(
        name="unconfirmed",
        what=N_("Addresses that were never confirmed"),
        since=N_("after the last request"),
        then=N_(
            "The address, its hash and its topics are erased. Nobody is suppressed: they may ask again."
        ),
        why=N_("Somebody may have typed an address that is not theirs."),
        setting="retain_unconfirmed_days",
        table="subscriber",
        due="""state = 'pending' AND created_at <= :cutoff
            AND NOT EXISTS (SELECT FROM consent_event AS e
                             WHERE e.subscriber_id = subscriber.id AND e.at > :cutoff)
            AND NOT EXISTS (SELECT FROM confirm_token AS t
                             WHERE t.subscriber_id = subscriber.id AND t.issued_at > :cutoff)""",
        take=taking.strip,
    ),
    Rule(
        name="ended",
        what=N_("Addresses, topics, language and OpenPGP keys of those who left"),
        since=N_("after they left"),
        then=N_("They are erased. The suppression remains: a keyed hash, which names nobody."),
        why=N_("A question about the last mails can be answered for a while."),
        setting="retain_ended_days",
        table="subscriber",
        # Who has asked to come back, and may still press the link, is waited for.
        due=f"""state = 'ended' AND erased_at IS NULL AND coalesce(ended_at, created_at) <= :cutoff
            AND NOT EXISTS (SELECT FROM confirm_token AS t
                             WHERE t.subscriber_id = subscriber.id AND t.used_at IS NULL
                               AND t.issued_at > CAST(:now AS timestamptz)
                                   - interval '{limits.CONFIRM_TOKEN_SECONDS} seconds')""",
        take=taking.suppress_and_strip,
    ),
    Rule(
        name="mails",
        what=N_(
            "Confirmations, invitations and other single mails, sealed with the address they went to"
        ),
        since=N_("after they were sent or given up"),
        then=N_("They are deleted, with the record of their sending."),
        why=N_("'Nothing arrived' can be looked into."),
        setting="retain_mails_days",
        table="batch",
        due="announcement_id IS NULL AND closed_at <= :cutoff",
        take=taking.delete_mails,
    ),
    Rule(
        name="requests",
        what=N_("Posts of the subscribe form, without the address once they were answered"),
        since=N_("after they were posted; seven days where nobody answered"),
        then=N_("They are deleted."),
        why=N_("A flood of posts is recognised by those of the last hours."),
        setting="retain_requests_days",
        table="subscription_request",
        due=f"""answered_at IS NOT NULL AND asked_at <= :cutoff
            OR due_at <= CAST(:now AS timestamptz) - interval '{limits.UNANSWERED_DAYS} days'""",
        take=due.delete,
    ),
    Rule(
        name="caps",
        what=N_("Counts of requests by address, network and domain, under keyed hashes"),
        since=N_("at the end of the hour, the day or the 30 days that they count"),
        then=N_("They are deleted."),
        why=N_("They keep the form from being used to flood somebody."),
        setting=None,
        table="cap",
        due="period_end <= :now",
        take=due.delete,
    ),
    Rule(
        name="challenges",
        what=N_("Hashes of the proofs of work that were handed in"),
        since=N_("when the challenge expires"),
        then=N_("They are deleted."),
        why=N_("Each proof is good once."),
        setting=None,
        table="spent_challenge",
        due="expires_at <= :now",
        take=due.delete,
    ),
    Rule(
        name="links",
        what=N_("Hashes of the confirmation links that were mailed"),
        since=N_("after they were mailed"),
        then=N_("They are deleted."),
        why=N_("A second press shows the same page, and a report of abuse can be followed."),
        setting="retain_links_days",
        table="confirm_token",
        due="issued_at <= :cutoff",
        take=due.delete,
    ),
    Rule(
        name="address changes",
        what=N_("Wishes to be reached elsewhere, with the new address sealed"),
        since=N_("after they were asked for"),
        then=N_("They are deleted."),
        why=N_("The new address must confirm first."),
        setting="retain_address_changes_days",
        table="address_change",
        due="asked_at <= :cutoff",
        take=due.delete,
    ),
    Rule(
        name="reasons",
        what=N_("What mail servers answered to each release"),
        since=N_("after the mail was settled"),
        then=N_("The answer is emptied. That the mail was accepted or refused remains."),
        why=N_("Faults in how we mail are found by it."),
        setting="retain_reasons_days",
        table="delivery",
        due="announcement_id IS NOT NULL AND reason IS NOT NULL AND settled_at <= :cutoff",
        take=taking.empty_reasons,
    ),
)
"""Every period, in the order a run goes through them."""

KEPT: Final = (
    Kept(
        N_("Consent events and the words that were shown"),
        N_(
            "They are the proof that somebody asked, which the law wants from us for as long as it may be "
            "doubted. They name no address; once a subscriber is erased they lead to nobody."
        ),
    ),
    Kept(
        N_("Suppressions"),
        N_(
            "Each is a keyed hash. Without it a mistake of ours could mail somebody who left. Only their own "
            "confirmation lifts it."
        ),
    ),
    Kept(
        N_("The audit log of what staff did"),
        N_(
            "It is a chain: with an entry taken out, nobody could prove that the rest is whole. It names "
            "rows by number, never an address."
        ),
    ),
    Kept(
        N_("Which release was mailed to which subscriber"),
        N_(
            "It adds up to what was sent, and keeps anybody from being mailed twice. It names subscribers by "
            "number; of one who was erased, the number leads to nobody."
        ),
    ),
    Kept(
        N_("That a list came in or went out by file, and each run of these rules"),
        N_("They are counts, dates and the staff members' numbers."),
    ),
)
"""What is kept without an end."""
