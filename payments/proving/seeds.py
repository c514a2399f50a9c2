"""One seed: a story that is heard of in every way, then goes on under a plan of faults; rules are held."""

import json
from random import Random
from typing import Final

from sqlalchemy import select

from payments import checkouts, events, missed_events, sweeping_objects
from payments.comparing import Begin
from payments.models.events import EventState, StripeEvent
from payments.models.giving import Donation, DonationState
from payments.proving import books, forging, rules
from payments.proving.books import Books
from payments.proving.ground import Ground, apply_due, hear_all, rehearsal
from payments.proving.rules import Proof
from payments.proving.story import Story

_LATE: Final = ("refund.%", "charge.dispute.%", "radar.%")
"""Types of what follows a payment, and may be heard of before it."""
_FAULTS: Final = {"drop": 0.3, "double": 0.3, "deaf": 0.2, "delay": 0.3, "reorder": 0.6}
_FIRST_YEAR: Final = 2020
"""Before any sandbox began."""
_REFUSED: Final = 4
"""The first digit of the answers to what must not be done."""
_BODY: Final = json.dumps(
    {
        "id": "evt_forged",
        "object": "event",
        "type": "charge.updated",
        "created": 1,
        "livemode": False,
        "api_version": None,
        "data": {"object": {"id": "ch_1", "object": "charge"}},
    }
).encode()


def prove(ground: Ground, seed: int) -> Proof:
    """Tell the story of a seed and hold the rules P1 to P12; what is wrong is in the proof, not raised."""
    proof, story = Proof(), Story(ground)
    story.begins()
    story.goes_on()
    _rehearse(proof, ground)
    rules.requests(proof, ground)
    ground.operator.do("endpoints", url=ground.hook_url, secret=ground.secret)
    ground.operator.do("faults", seed=seed, **_FAULTS)
    for _ in range(2):
        _listen(proof, ground)
        story.goes_on()
    story.ends()
    _faults_stop(ground)
    _hold(proof, ground)
    _again(proof, ground)
    _forge(proof, ground)
    return proof


def _rehearse(proof: Proof, ground: Ground) -> None:
    """P4, P7 and P9: events alone, in any order, and sweeps alone lead to the same books."""
    with rehearsal(ground.begin) as begin:
        sweeping_objects.sweep(begin, ground.stripe, now=ground.now())
        with begin() as session:
            swept = books.read(session)
    late, first = _heard(ground, late_first=True)
    proof.hold("P7", first == swept, _differ("events and sweeps", first, swept))
    proof.hold("P9", first == swept, _differ("late news first", first, swept), late)
    _, other = _heard(ground, late_first=False)
    proof.hold("P4", other == first, _differ("another order", other, first))


def _heard(ground: Ground, *, late_first: bool) -> tuple[int, Books]:
    """Apply all events in a rehearsal; return how many followed a payment, and the books they led to."""
    with rehearsal(ground.begin) as begin:
        missed_events.store(begin, ground.stripe, now=ground.now())
        late = _apply_late(begin, ground) if late_first else 0
        apply_due(begin, ground.stripe, now=ground.now(), dice=ground.dice)
        with begin() as session:
            return late, books.read(session)


def _apply_late(begin: Begin, ground: Ground) -> int:
    """Apply what follows payments before any payment is heard of; return how many events that were."""
    with begin() as session:
        like = [StripeEvent.type.like(pattern) for pattern in _LATE]
        ids = session.scalars(select(StripeEvent.id).where(like[0] | like[1] | like[2])).all()
    for id_ in ids:
        events.process(begin, ground.stripe, id_, now=ground.now())
    return len(ids)


def _differ(what: str, one: Books, other: Books) -> str:
    return f"{what} differ: {sorted(set(one) ^ set(other), key=repr)[:4]}"


def _listen(proof: Proof, ground: Ground) -> None:
    """Have webhooks come as the plan of faults has it; no money is counted that is not there."""
    ground.operator.do("deliveries/send")
    apply_due(ground.begin, ground.stripe, now=ground.now(), dice=ground.dice)
    rules.unpaid(proof, ground)
    with ground.begin() as session:
        rules.payments(proof, session)
        on_their_way = select(Donation.id).where(Donation.state == DonationState.PROCESSING)
        proof.looked["P8"] += len(session.scalars(on_their_way).all())
    rules.requests(proof, ground)


def _faults_stop(ground: Ground) -> None:
    """Have the webhooks arrive that were not dropped, and the sweeps run twice, over more than a month."""
    ground.operator.do("faults")
    ground.operator.do("deliveries/send")
    for _ in range(2):
        checkouts.sweep(ground.stripe, ground.begin, now=ground.now())
        hear_all(ground.begin, ground.stripe, now=ground.now(), dice=ground.dice)
        sweeping_objects.sweep(ground.begin, ground.stripe, now=ground.now())


def _hold(proof: Proof, ground: Ground) -> None:
    rules.ledger(proof, ground)
    rules.unpaid(proof, ground)
    rules.requests(proof, ground)
    with ground.begin() as session:
        rules.receipts(proof, session)
        years = range(_FIRST_YEAR, ground.now().year + 1)
        rules.statements(proof, session, years=years)
        rules.payments(proof, session)


def _again(proof: Proof, ground: Ground) -> None:
    """P5: have every event applied once more, in another order; no row is added, and none says else."""
    with ground.begin() as session:
        before, rows = books.read(session), books.counts(session)
        done = select(StripeEvent.id).where(StripeEvent.state == EventState.DONE)
        ids = list(session.scalars(done.where(StripeEvent.attempts > 0)))
        for id_ in ids:
            events.replay(session, id_, ground.now())
    apply_due(ground.begin, ground.stripe, now=ground.now(), dice=Random(len(ids)))  # noqa: S311 - an order
    with ground.begin() as session:
        after, rows_after = books.read(session), books.counts(session)
    proof.hold("P5", after == before, _differ("the books", after, before), len(ids))
    proof.hold("P5", rows_after == rows, f"{rows} became {rows_after}", 0)


def _forge(proof: Proof, ground: Ground) -> None:
    """P6: none of these is stored, and each is answered that it is not wanted."""
    for forgery in forging.forgeries(_BODY, ground.secret, ground.dice):
        status = ground.post(forgery.body, forgery.headers)
        proof.hold("P6", status // 100 == _REFUSED, f"{forgery.fault}: answered {status}")
    with ground.begin() as session:
        proof.hold("P6", session.get(StripeEvent, "evt_forged") is None, "a forgery was stored", 0)
