"""Own data: everything that is held about one donor, opened, as plain values for a JSON file.

It speaks in words: no number of a row, nothing of Stripe's, amounts as decimals with their currency.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from payments import donor_mails, donors, giving, mirroring, numbering, receipts, standing
from payments.applying import warnings
from payments.currencies import CURRENCIES
from payments.models.asking import DonorLinkRequest
from payments.models.donors import Declaration, Donor
from payments.models.giving import Channel, Donation, GivingEvent, Plan
from payments.models.money import Dispute, Payment, Refund
from payments.models.receipts import Receipt

Record = dict[str, Any]
"""What JSON can say of one row."""


def of(session: Session, donor: Donor, *, now: datetime) -> Record:
    """Return all that is held about a donor, in words and not in ids of ours; times are ISO 8601 in UTC."""
    return {
        "written_at": _time(now),
        "donor": _donor(session, donor),
        "declarations": _declarations(session, donor),
        "gifts": _gifts(session, donor),
        "plans": _plans(session, donor),
        "receipts": [_receipt(each) for each in receipts.of_donor(session, donor)],
        "mails": _mails(session, donor),
        "links_asked_for": _links(session, donor),
    }


def _donor(session: Session, donor: Donor) -> Record:
    return {
        "mail_address": donors.address_of(session, donor),
        "name": donors.name_of(session, donor),
        "postal_address": donors.postal_address_of(session, donor),
        "language": donor.language,
        "known_since": _time(donor.created_at),
    }


def _declarations(session: Session, donor: Donor) -> list[Record]:
    made = select(Declaration).where(Declaration.donor_id == donor.id).order_by(Declaration.id)
    return [
        {"wording": row.wording, "made_at": _time(row.made_at), "ended_at": _time(row.ended_at)}
        for row in session.scalars(made)
    ]


def _gifts(session: Session, donor: Donor) -> list[Record]:
    given = select(Donation).where(Donation.donor_id == donor.id).order_by(Donation.id)
    return [
        _given(session, row)
        | {
            "came_by": "online" if row.channel is Channel.STRIPE else row.channel.value,
            "given_regularly": row.plan_id is not None,
            "paid_at": _time(row.paid_at),
            "received_on": _time(row.received_on),
            "joins_the_mailing_list": row.joins_list,
            "standing": _standing(session, row),
            "payments": _payments(session, row),
        }
        for row in session.scalars(given)
    ]


def _plans(session: Session, donor: Donor) -> list[Record]:
    promised = select(Plan).where(Plan.donor_id == donor.id).order_by(Plan.id)
    return [
        _given(session, row)
        | {
            "every": row.interval.value,
            "next_payment_at": _time(row.next_payment_at),
            "paused": row.paused_until is not None,
            # 'For ever' is no day that anybody could read.
            "paused_until": None
            if row.paused_until == mirroring.FOR_EVER
            else _time(row.paused_until),
            "ends_at": _time(row.ends_at),
            "ended_because": row.ended_reason,
            "notice_given_of_the_payment_at": _time(row.noticed_for),
        }
        for row in session.scalars(promised)
    ]


def _given(session: Session, row: Donation | Plan) -> Record:
    """Return what a gift and a plan have in common."""
    said = asdict(giving.words_of(session, row))
    return {
        "begun_at": _time(row.created_at),
        "state": row.state.value,
        "amount": _money(row.amount, row.currency),
        "of_it_for_the_costs": _money(row.costs, row.currency),
        "fund": row.fund.name if row.fund else None,
        "language": row.language,
        "anonymous": row.anonymous,
        "in": row.tribute.value if row.tribute else None,
        "said_with_it": {name: value for name, value in said.items() if value},
        "history": _history(session, row),
    }


def _standing(session: Session, row: Donation) -> Record:
    stands = asdict(standing.of(session, row))
    return {name: _money(amount, row.currency) for name, amount in stands.items()}


def _payments(session: Session, row: Donation) -> list[Record]:
    paid = select(Payment).where(Payment.donation_id == row.id).order_by(Payment.id)
    return [
        {
            "paid_at": _time(each.paid_at),
            "amount": _money(each.amount, each.currency),
            "by": each.method,
            "paid_twice": each.duplicate,
            "refunds": _refunds(session, each),
            "disputes": _disputes(session, each),
            "fraud_warnings_since": [
                _time(warned.created_at)
                for warned in warnings.held(session, each.payment_intent_id)
            ],
        }
        for each in session.scalars(paid)
    ]


def _refunds(session: Session, payment: Payment) -> list[Record]:
    about = Refund.payment_intent_id == payment.payment_intent_id
    return [
        {
            "made_at": _time(row.made_at),
            "amount": _money(row.amount, row.currency),
            "state": row.status,
        }
        for row in session.scalars(select(Refund).where(about).order_by(Refund.id))
    ]


def _disputes(session: Session, payment: Payment) -> list[Record]:
    about = Dispute.payment_intent_id == payment.payment_intent_id
    return [
        {
            "known_since": _time(row.created_at),
            "amount": _money(row.amount, row.currency),
            "state": row.status,
            "reason": row.reason,
        }
        for row in session.scalars(select(Dispute).where(about).order_by(Dispute.id))
    ]


def _history(session: Session, row: Donation | Plan) -> list[Record]:
    """Return what happened, without the ids of Stripe's that details are."""
    of_it = GivingEvent.plan_id if isinstance(row, Plan) else GivingEvent.donation_id
    events: Sequence[GivingEvent] = session.scalars(
        select(GivingEvent).where(of_it == row.id).order_by(GivingEvent.id)
    ).all()
    return [{"at": _time(event.at), "what": event.what} for event in events]


def _receipt(row: Receipt) -> Record:
    return {
        "number": numbering.said(row),
        "kind": row.kind.value,
        "issued_at": _time(row.issued_at),
        "given_on": _time(row.given_on),
        "of_year": row.of_year,
        # A statement has no one sum: its gifts may be of several currencies.
        "amount": _money(row.amount, row.currency) if row.currency else None,
        "language": row.language,
        "sha256": row.sha256.hex(),
    }


def _mails(session: Session, donor: Donor) -> list[Record]:
    """Return the mails that wait for them, or went out lately and are not deleted yet."""
    return [
        {"kind": mail.template, "queued_at": _time(mail.queued_at), "state": mail.state.value}
        for mail in donor_mails.held(session, donor)
    ]


def _links(session: Session, donor: Donor) -> list[Record]:
    asked = select(DonorLinkRequest).where(DonorLinkRequest.address_index == donor.address_index)
    return [
        {"asked_at": _time(row.asked_at), "language": row.language}
        for row in session.scalars(asked.order_by(DonorLinkRequest.id))
    ]


def _money(amount: int, code: str) -> str:
    """Return '25.00 EUR' of an amount in minor units."""
    return f"{Decimal(amount).scaleb(-CURRENCIES[code].decimals):f} {code}"


def _time(at: date | datetime | None) -> str | None:
    return at.isoformat() if at else None
