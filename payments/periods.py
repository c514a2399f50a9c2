"""How long each thing of the money is kept, why, and how it goes: one table, as mailer/periods.py is.

What is in the books stays: no rule touches a gift that arrived, its payment, its receipt or the ledger.
"""

from typing import Final

from config import limits
from config.languages import N_
from db import due
from db.due import Kept, Rule
from payments import forgetting, stripping

_IN_CASE: Final = N_("Who was interrupted can come back, and what failed can be looked into.")

RULES: Final = (
    Rule(
        name="never paid",
        what=N_("Donors of whom no gift ever arrived, with what they wrote"),
        since=N_("after their last try"),
        then=N_("Address, name and words are erased. The tries remain, and lead to nobody."),
        why=_IN_CASE,
        setting="retain_unpaid_days",
        table="donor",
        # A page that may still be paid at, or whose subscription is not heard of yet, keeps everything.
        due="""erased_at IS NULL AND created_at <= :cutoff
            AND NOT EXISTS (SELECT FROM donation WHERE donation.donor_id = donor.id
                               AND (state IN ('paid', 'processing') OR created_at > :cutoff))
            AND NOT EXISTS (SELECT FROM plan WHERE plan.donor_id = donor.id AND state <> 'ended'
                               AND (state <> 'pending' OR subscription_id IS NOT NULL))
            AND NOT EXISTS (SELECT FROM plan WHERE plan.donor_id = donor.id
                               AND created_at > :cutoff)
            AND NOT EXISTS (SELECT FROM donation JOIN checkout AS c ON c.donation_id = donation.id
                             WHERE donation.donor_id = donor.id
                               AND (c.state IN ('new', 'open') OR c.created_at > :cutoff))
            AND NOT EXISTS (SELECT FROM plan JOIN checkout AS c ON c.plan_id = plan.id
                             WHERE plan.donor_id = donor.id
                               AND (c.state IN ('new', 'open') OR c.created_at > :cutoff
                                    OR (c.state = 'complete' AND plan.state = 'pending')))""",
        take=forgetting.forget_donors,
    ),
    Rule(
        name="unpaid gifts",
        what=N_(
            "What was written with a gift that never arrived: in whose name, whom to tell, a message"
        ),
        since=N_("after the try"),
        then=N_("It is erased."),
        why=_IN_CASE,
        setting="retain_unpaid_days",
        table="donation",
        due="""(words IS NOT NULL OR nonce IS NOT NULL OR joins_list)
            AND state NOT IN ('paid', 'processing') AND created_at <= :cutoff
            AND NOT EXISTS (SELECT FROM checkout AS c WHERE c.donation_id = donation.id
                               AND (c.state IN ('new', 'open') OR c.created_at > :cutoff))""",
        take=forgetting.empty_gifts,
    ),
    Rule(
        name="unpaid plans",
        what=N_("The same of a monthly or yearly gift that never began"),
        since=N_("after the try"),
        then=N_("It is erased."),
        why=_IN_CASE,
        setting="retain_unpaid_days",
        table="plan",
        due="""(words IS NOT NULL OR nonce IS NOT NULL) AND created_at <= :cutoff
            AND (state = 'ended' OR (state = 'pending' AND subscription_id IS NULL))
            AND NOT EXISTS (SELECT FROM donation WHERE donation.plan_id = plan.id
                               AND donation.state IN ('paid', 'processing'))
            AND NOT EXISTS (SELECT FROM checkout AS c WHERE c.plan_id = plan.id
                               AND (c.state IN ('new', 'open') OR c.created_at > :cutoff
                                    OR (c.state = 'complete' AND plan.state = 'pending')))""",
        take=forgetting.empty_plans,
    ),
    Rule(
        name="notices",
        what=N_("The address of somebody who was to be told of a gift in a person's name"),
        since=N_("after the gift arrived"),
        then=N_("It is erased."),
        why=N_("'Nothing arrived' can be looked into."),
        setting="retain_mails_days",
        table="donation",
        due=f"""tribute IS NOT NULL AND words IS NOT NULL AND state = 'paid' AND paid_at <= :cutoff
            AND NOT EXISTS (SELECT FROM giving_event AS e WHERE e.donation_id = donation.id
                               AND e.what = '{forgetting.NOTICE_GONE}')""",
        take=forgetting.forget_notices,
    ),
    Rule(
        name="notices of plans",
        what=N_("The same of a monthly or yearly gift"),
        since=N_("after its first payment"),
        then=N_("It is erased."),
        why=N_("'Nothing arrived' can be looked into."),
        setting="retain_mails_days",
        table="plan",
        due=f"""tribute IS NOT NULL AND words IS NOT NULL
            AND EXISTS (SELECT FROM donation WHERE donation.plan_id = plan.id
                           AND donation.state = 'paid' AND donation.paid_at <= :cutoff)
            AND NOT EXISTS (SELECT FROM giving_event AS e WHERE e.plan_id = plan.id
                               AND e.what = '{forgetting.NOTICE_GONE}')""",  # noqa: S608 - a word of ours
        take=forgetting.forget_notices_of_plans,
    ),
    Rule(
        name="receipt copies",
        what=N_("Copies of the receipts of donors who were erased"),
        since=N_("after the year that they were given in"),
        then=N_("They are deleted. Their numbers, amounts and hashes remain."),
        why=N_(
            "Some laws have an organisation keep them for years; where none does, none is kept."
        ),
        setting="receipt_keep_years",
        in_years=True,
        table="receipt_copy",
        due=f"""EXISTS (SELECT FROM receipt LEFT JOIN donor ON donor.id = receipt.donor_id
                        WHERE receipt.id = receipt_copy.receipt_id AND receipt.issued_at < :cutoff
                          AND (donor.erased_at IS NOT NULL OR (receipt.donor_id IS NULL
                           AND EXISTS (SELECT FROM giving_event AS e
                                        WHERE e.donation_id = receipt.donation_id
                                          AND e.what = '{stripping.ERASED}'))))""",  # noqa: S608 - a word of ours
        take=forgetting.forget_copies,
    ),
    Rule(
        name="giving links",
        what=N_("Requests for the link to a donor's own page, with a keyed hash of the address"),
        since=N_("after they were asked for"),
        then=N_("They are deleted."),
        why=N_("They are answered within minutes."),
        setting=None,
        fixed_days=limits.GIVING_LINK_REQUEST_DAYS,
        table="donor_link_request",
        due="asked_at <= :cutoff",
        take=due.delete,
    ),
    Rule(
        name="refused cards",
        what=N_("That cards were refused, without the card and without a name"),
        since=N_("after it happened"),
        then=N_("It is deleted."),
        why=N_("Many at once are somebody trying stolen cards, and shut the form."),
        setting=None,
        fixed_days=limits.CARD_FAILURE_DAYS,
        table="card_failure",
        due="at <= :cutoff",
        take=due.delete,
    ),
    Rule(
        name="stripe events",
        what=N_("Stripe's messages to us: kinds, times and ids"),
        since=N_("after they came; those that nobody could follow stay until somebody has"),
        then=N_("They are deleted."),
        why=N_("Stripe may send one again, and faults in our books are found by them."),
        setting="retain_events_days",
        table="stripe_event",
        due="state IN ('done', 'ignored') AND received_at <= :cutoff",
        take=due.delete,
    ),
)
"""Every period, in the order a run goes through them."""

KEPT: Final = (
    Kept(
        N_("Donors whose gift arrived: address, name, tax declarations, and what they wrote to us"),
        N_(
            "Receipts and corrections go to them. They can have themselves erased on their own page at any "
            "time; the gifts remain, and lead to nobody."
        ),
    ),
    Kept(
        N_(
            "Gifts, payments, refunds, disputes and the ledger; receipts with number, amount and hash"
        ),
        N_(
            "Our books must add up, and the law on taxes and accounts asks for them. They name a donor by "
            "number; of one who was erased, the number leads to nobody."
        ),
    ),
    Kept(
        N_("Each comparison of our books with Stripe's, and what staff had to decide about money"),
        N_("They are amounts, dates and Stripe's ids."),
    ),
)
"""What is kept without an end."""
