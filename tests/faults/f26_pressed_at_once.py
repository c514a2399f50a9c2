"""Fifty presses of the console's buttons at once, in two people's browsers: the announcement starts once."""

import re
from concurrent.futures import ThreadPoolExecutor

from tests import builders
from tests.cast import Staff
from tests.faults.finding import Finding
from tests.faults.site import Site
from tests.faults.visitor import Answer, Visitor

PRESSES = 50
_BUTTON = re.compile(r'action="([^"]*/announcements/\d+/(?:approve|start|send))"')


def run(site: Site) -> Finding:
    """Propose by one person's press, then press whatever approves and starts in the name of two others."""
    rounds, readers = (20, 100) if site.long else (1, 300)
    other = site.hire("bela", "approver")
    base = site.serve()
    site.keep()
    site.send()
    builders.subscribers(readers)
    author, *pressing = (_signed_in(base, who) for who in (site.author, site.approver, other))
    faults: list[str] = []
    for number in range(rounds):
        faults += _round(author, pressing, headline=f"Example: release number {number}")
    id_ = int(site.rows("SELECT max(id) FROM announcement")[0][0])
    site.finish(id_)
    started = "SELECT count(*) FROM announcement_event WHERE state_after = 'preparing'"
    runs = site.rows(started)[0][0]
    faults += [f"{runs} starts of {rounds} announcements"] if runs != rounds else []
    return site.finding(id_, rounds=rounds * PRESSES, faults=faults, beside={"runs": runs})


def _round(author: Visitor, pressing: list[Visitor], *, headline: str) -> list[str]:
    page = _propose(author, builders.release(headline))
    answers = [answer for _ in range(2) for answer in _press_all(pressing, page)]
    broken = sum(answer.status >= 500 for answer in answers)
    nobody = not any(answer.status in {302, 303} for answer in answers)
    faults = [f"{broken} presses of {len(answers)} were answered with 5xx"] if broken else []
    return faults + (["no press was taken"] if nobody else [])


def _propose(author: Visitor, slug: str) -> str:
    page = f"/staff/releases/{slug}/propose"
    fields = {"topics": "releases", "fallback": "yes", "counted": "public releases / / fallback"}
    return author.post(page, csrf_token=author.token(page), **fields).location


def _press_all(pressing: list[Visitor], page: str) -> list[Answer]:
    """Press the first button there is on the page that the approval leads to."""
    ready = []
    for visitor in pressing:
        asked = visitor.get(f"{page}/approve")
        shown = asked.text if asked.status == 200 else visitor.get(page).text
        if button := _BUTTON.search(shown):
            ready.append((visitor, button[1], visitor.token("/staff/")))
    with ThreadPoolExecutor(PRESSES) as pool:
        pressed = [
            pool.submit(visitor.post, action, csrf_token=token, read="en", then="start")
            for visitor, action, token in (ready * PRESSES)[: PRESSES if ready else 0]
        ]
        return [press.result() for press in pressed]


def _signed_in(base: str, who: Staff) -> Visitor:
    visitor = Visitor(base)
    visitor.sign_in(who)
    return visitor
