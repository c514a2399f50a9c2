"""Three beats and three housekeepers run at once, as after a clumsy deployment."""

from tests.faults.finding import Finding
from tests.faults.site import Site


def run(site: Site) -> Finding:
    """Sweeping, freezing and finishing may be rung any number of times at once."""
    for _ in range(2):
        site.keep()
    id_ = site.send_all(10_000 if site.long else 1_000)
    return site.finding(id_, rounds=3)
