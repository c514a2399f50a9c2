"""Large mailbox providers: the domains that share one, and how fast it is sent to unless it asks for less."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Provider:
    """A mailbox provider: its domains count together, because its servers see them together."""

    per_second: float
    domains: frozenset[str]


def _provider(per_second: float, domains: str) -> Provider:
    return Provider(per_second, frozenset(domains.split()))


# No provider publishes how many mails a second it takes, and what it takes depends on who sends. These
# figures are practice: what senders of a good name commonly go by without being told to slow down, taken
# at the low end. Where a provider still says 'slow down', mailer.paces learns it; a relay that paces by
# itself is not hurt by them. Domains that an organisation hosts at one of these are not known to be there.
PROVIDERS: Final = {
    "apple": _provider(5, "icloud.com mac.com me.com"),
    "gmail": _provider(20, "gmail.com googlemail.com"),
    "gmx": _provider(5, "gmx.at gmx.ch gmx.com gmx.de gmx.net mail.com web.de"),
    "libero": _provider(2, "libero.it virgilio.it"),
    "mail.ru": _provider(5, "bk.ru inbox.ru internet.ru list.ru mail.ru"),
    "microsoft": _provider(
        10,
        "hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it live.co.uk live.com "
        "live.de live.fr live.nl msn.com outlook.com outlook.de outlook.es outlook.fr",
    ),
    "naver": _provider(2, "naver.com"),
    "orange": _provider(2, "orange.fr wanadoo.fr"),
    "proton": _provider(5, "pm.me proton.me protonmail.ch protonmail.com"),
    "qq": _provider(2, "foxmail.com qq.com"),
    "t-online": _provider(2, "magenta.de t-online.de"),
    "yahoo": _provider(
        5,
        "aim.com aol.com rocketmail.com yahoo.ca yahoo.co.in yahoo.co.uk yahoo.com yahoo.com.br "
        "yahoo.de yahoo.es yahoo.fr yahoo.in yahoo.it ymail.com",
    ),
    "yandex": _provider(5, "ya.ru yandex.by yandex.com yandex.kz yandex.ru"),
}
"""By the name that a delivery and a report know it by."""

_BY_DOMAIN: Final = {
    domain: name for name, provider in PROVIDERS.items() for domain in provider.domains
}


def provider_of(domain: str) -> str | None:
    """Return the name of the provider that a domain belongs to, in whatever case or form it is written.

    None for every other domain, and for what is no domain.
    """
    if not domain.isascii():
        try:
            # Full-width letters and ideographic dots name the same domain (IDNA, RFC 3490 section 3.1).
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return _BY_DOMAIN.get(domain.lower().removesuffix("."))
