"""A sender kills itself at each of the named points between a claim and its end, one point after another."""

import subprocess
from collections import Counter
from signal import SIGKILL

from tests.faults.finding import Finding
from tests.faults.site import Site
from tests.mailer.sending import victim

MAY_REPEAT = {"after the offer is noted", "after the relay answered"}
"""Only there may a mail have reached the relay without a note of its answer."""
PATIENCE_SECONDS = 60


def run(site: Site) -> Finding:
    """One announcement, a victim for each point over one connection, then workers that live."""
    points = list(victim.POINTS) * (9 if site.long else 1)
    id_ = site.announce(120 * len(points))
    keeper, beat = site.keep()
    site.frozen(id_)
    keeper.kill()
    beat.kill()
    survived, began = [], []
    for point in points:
        began.append(len(site.accepted))
        if not _dies(site, point):
            survived.append(f"nobody died {point}")
        site.struck()
    site.keep()
    site.send()
    site.finish(id_)
    repeated = _repeated(site, points, began)
    wrong = [
        f"{n} twice, killed {point}" for point, n in repeated.items() if point not in MAY_REPEAT
    ]
    allowed = sum(point in MAY_REPEAT for point in points)
    beside = {"repeated": repeated}
    return site.finding(
        id_, rounds=len(points), allowed=allowed, faults=[*survived, *wrong], beside=beside
    )


def _dies(site: Site, point: str) -> bool:
    journals = str(site.folder / "state")
    number = "2" if "mail" in point or "note" in point or "answer" in point else "1"
    words = ("tests.mailer.sending.victim", point, number, str(site.sink.port), journals)
    sender = site.start(*words)
    try:
        return sender.wait(PATIENCE_SECONDS) == -SIGKILL
    except subprocess.TimeoutExpired:
        sender.kill()
        return False


def _repeated(site: Site, points: list[str], began: list[int]) -> dict[str, int]:
    """Count second copies by the point at which the sender of the first copy died."""
    first: dict[str, int] = {}
    found: Counter[str] = Counter()
    for number, mail in enumerate(site.accepted):
        if mail.recipient not in first:
            first[mail.recipient] = number
        else:
            turn = sum(start <= first[mail.recipient] for start in began) - 1
            found[points[turn]] += 1
    return dict(found)
