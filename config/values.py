"""What a value in the environment must look like; each check raises ValueError with a sentence."""

import re
import unicodedata
from typing import Annotated, Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, SecretStr, ValidationInfo

from config import keys, origins

_BREAKING: Final = frozenset({"Cc", "Zl", "Zp"})
"""The Unicode categories of control characters and of what ends a line."""


def _scheme(*allowed: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if urlsplit(value.get_secret_value()).scheme not in allowed:
            raise ValueError(f"must be an URL that starts with {' or '.join(allowed)}")
        return value

    return AfterValidator(check)


def _line(value: str) -> str:
    """Refuse what would end a mail's header and begin another (RFC 5322 2.2), or hides in a page."""
    if any(unicodedata.category(c) in _BREAKING for c in value):
        raise ValueError("must be one line, without control characters")
    return value


def _lines(value: str) -> str:
    if any(unicodedata.category(c) in _BREAKING for c in value if c not in "\r\n"):
        raise ValueError("must be lines of text, without control characters")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(_line(value))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a web address such as https://news.example.org")
    if parts.scheme == "http" and parts.hostname not in origins.LOOPBACK:
        raise ValueError("must be https: readers' links carry secrets")
    return value.rstrip("/")


def _mail_address(value: str) -> str:
    local, _, domain = _line(value).rpartition("@")
    if not local or "." not in domain or any(c.isspace() or c in "<>,;:" for c in value):
        raise ValueError("must be a bare mail address such as news@example.org")
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("must be the name of a time zone, such as Europe/Paris")
    return value


def _signing_ring(value: SecretStr) -> SecretStr:
    keys.signing_ring(value.get_secret_value())
    return value


def _data_ring(value: SecretStr) -> SecretStr:
    keys.data_ring(value.get_secret_value())
    return value


def _tax_id(value: str, info: ValidationInfo) -> str:
    pack = info.data.get("receipt_pack")
    if pack == "us" and not re.fullmatch(r"[0-9]{2}-[0-9]{7}", value):
        raise ValueError("must be an EIN such as 12-3456789: RECEIPT_PACK is us")
    if pack == "uk" and not value:
        raise ValueError("must be the charity's number: RECEIPT_PACK is uk")
    return value


PostgresUrl = Annotated[SecretStr, _scheme("postgresql", "postgresql+psycopg", "postgres")]
RedisUrl = Annotated[SecretStr, _scheme("redis", "rediss", "unix")]
SmtpUrls = Annotated[SecretStr, _scheme("smtp", "smtps")]
SigningRing = Annotated[SecretStr, AfterValidator(_signing_ring)]
DataRing = Annotated[SecretStr, AfterValidator(_data_ring)]
Line = Annotated[str, AfterValidator(_line)]
Lines = Annotated[str, AfterValidator(_lines)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Origins = Annotated[str, AfterValidator(origins.listed)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TaxId = Annotated[Line, AfterValidator(_tax_id)]
