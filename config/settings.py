"""What the environment said, read once into one frozen object; every fault of it is reported together.

Each variable may also be given as `<NAME>_FILE`, the path of a file that holds the value. Where no
DATABASE_URL is given at all, the values that `make run` left in var/local.env are used, so that
`flask …` from the project's root talks to the servers that `make run` started.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config import giving, stripe_access, values

ROOT: Final = Path(__file__).resolve().parent.parent
LOCAL_FILE: Final = ROOT / "var" / "local.env"


class SettingsFault(Exception):
    """The environment cannot be used; `faults` has one sentence for each thing to mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """Everything a deployment chooses; `.env.example` and docs/settings.md are made of these descriptions."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: values.PostgresUrl = Field(
        description="PostgreSQL 15 or later, the one place where facts are kept.",
        examples=["postgresql://samizdat:secret@127.0.0.1/samizdat"],
    )
    redis_url: values.RedisUrl = Field(
        description="Redis 6.2 or later, or Valkey: the bell that wakes workers; losing it loses no fact.",
        examples=["redis://127.0.0.1:6379/0"],
    )
    smtp_url: values.SmtpUrls = Field(
        description="The relay that takes our mail; TLS is required unless it is on this machine. Several "
        "stand with spaces between them, each with ?weight= for its share; one that is away is passed over.",
        examples=["smtp://user:secret@mail.example.org:587"],
    )
    base_url: values.WebAddress = Field(
        description="Where readers reach this site; every link in a mail starts with it.",
        examples=["https://news.example.org"],
    )
    secret_keys: values.SigningRing = Field(
        description="Keys that sign links and sessions, oldest first, made by 'flask keys generate'. Keep "
        "old ones for as long as links in mails must work.",
        examples=["(flask keys generate)"],
    )
    data_keys: values.DataRing = Field(
        description="Keys that encrypt addresses, as index:… k1:…, made by 'flask keys generate'. Give "
        "them by DATA_KEYS_FILE to rotate while running. Whoever loses them loses the list.",
        examples=["(flask keys generate)"],
    )
    org_name: values.Line = Field(
        min_length=1,
        max_length=120,
        description="The organisation's name, as readers know it.",
        examples=["Example Rights Foundation"],
    )
    org_address: values.Lines = Field(
        min_length=1,
        max_length=500,
        description="The postal address at the foot of each mail; commas or \\n part its lines.",
        examples=["1 Example Street, Example Town, EX1 2AB"],
    )
    org_from: values.MailAddress = Field(
        description="The address that releases come from.", examples=["news@example.org"]
    )
    org_contact: values.MailAddress = Field(
        description="The address where a reader finds a person.", examples=["hello@example.org"]
    )
    org_home_url: values.WebAddress | None = Field(
        default=None,
        description="The organisation's own site, linked from mails and pages; BASE_URL where none is given.",
        examples=["https://www.example.org"],
    )
    org_bounce_address: values.MailAddress | None = Field(
        default=None,
        description="Where failed mail returns to: bounces+…@ this domain; ORG_FROM where none is given.",
        examples=["bounces@example.org"],
    )
    org_language: str = Field(
        default="en",
        pattern=r"^[a-z]{2}$",
        description="The language of pages and mails where the reader chose none.",
        examples=["en"],
    )
    org_timezone: values.TimeZone = Field(
        default="UTC",
        description="The time zone that staff say hours in, where they name no other.",
        examples=["Europe/Paris"],
    )
    fallback_languages: str = Field(
        default="en",
        pattern=r"^[a-z]{2}( [a-z]{2})*$",
        description="What a reader gets whose language a release is not in: the first of these codes that it "
        "is in, else its first version.",
        examples=["en fr"],
    )
    state_dir: Path = Field(
        default=ROOT / "var",
        description="A folder on this machine's disk, where workers keep the journal that survives a crash.",
        examples=["/var/lib/samizdat"],
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="How many reverse proxies stand before the web process; their X-Forwarded headers "
        "are believed.",
        examples=["1"],
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much is logged.", examples=["INFO"]
    )
    resend_uncertain: bool = Field(
        default=True,
        description="Whether a mail that may or may not have been accepted when something died is sent "
        "once more (same Message-ID), or left for staff.",
        examples=["true"],
    )

    cors_origins: values.Origins | None = Field(
        default=None,
        description="Other sites whose pages may ask for subscriptions, by JSON or by the embedded form: "
        "origins, separated by spaces. docs/embedding.md says how.",
        examples=["https://www.example.net https://press.example.net"],
    )

    stripe_api_key: stripe_access.Key | None = Field(
        default=None,
        description="Stripe's key for donations, a restricted one with as few rights as it needs; without "
        "it nobody is asked to give. docs/donations.md says which rights.",
        examples=["rk_live_0123456789"],
    )
    stripe_webhook_secret: stripe_access.Secrets | None = Field(
        default=None,
        description="What Stripe signs its webhooks to BASE_URL/hooks/stripe with; the old and the new "
        "one, a space between them, while it is being replaced.",
        examples=["whsec_0123456789"],
    )
    stripe_api_base: stripe_access.Base = Field(
        default=stripe_access.BASE,
        description="Where Stripe is asked; elsewhere only on this machine, and with a test key.",
        examples=["http://127.0.0.1:8026"],
    )

    donation_offer: giving.Offer = Field(
        default=giving.OFFER,
        description="The currencies that gifts are taken in, the first one shown first, each with the "
        "amounts that are suggested, in whole units.",
        examples=[giving.OFFER],
    )

    retain_unconfirmed_days: int = Field(
        default=7,
        ge=4,
        le=365,
        description="Days an address that was never confirmed is kept after it was last asked for: the link "
        "is good for three, and somebody may have typed an address that is not theirs.",
        examples=["7"],
    )
    retain_ended_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days an address is kept after its subscription ended, so that a question about the last "
        "mails can be answered; then only its suppression remains.",
        examples=["30"],
    )
    retain_mails_days: int = Field(
        default=7,
        ge=2,
        le=365,
        description="Days a single mail (a confirmation, an invitation, a test) is kept, sealed, after it "
        "was sent or given up, so that 'nothing arrived' can be looked into.",
        examples=["7"],
    )
    retain_requests_days: int = Field(
        default=1,
        ge=1,
        le=30,
        description="Days the record of a post of the subscribe form is kept once it was answered: the flood "
        "it may be part of is recognised within that time.",
        examples=["1"],
    )
    retain_links_days: int = Field(
        default=30,
        ge=4,
        le=365,
        description="Days the hash of a confirmation link is kept after it was mailed, so that a second "
        "press shows the same page and a report of abuse can be followed.",
        examples=["30"],
    )
    retain_address_changes_days: int = Field(
        default=7,
        ge=4,
        le=365,
        description="Days a wish to be reached elsewhere is kept, with the sealed new address: the link is "
        "good for three.",
        examples=["7"],
    )
    retain_reasons_days: int = Field(
        default=365,
        ge=30,
        le=3650,
        description="Days what a mail server answered to a release is kept: within a year a fault in how we "
        "mail is found and mended.",
        examples=["365"],
    )
    retain_unpaid_days: int = Field(
        default=30,
        ge=7,
        le=365,
        description="Days that a donor who never paid is kept after the last try, and what was written with "
        "a gift that never arrived: who was interrupted can come back.",
        examples=["30"],
    )
    retain_events_days: int = Field(
        default=90,
        ge=40,
        le=3650,
        description="Days that Stripe's messages are kept once they were followed: longer than Stripe lists "
        "them, and than the nightly sweep looks back.",
        examples=["90"],
    )

    receipt_pack: Literal["us", "uk", "eu"] = Field(
        default="eu",
        description="By whose rules receipts for gifts are worded: us (a 501(c)(3) organisation), uk (a "
        "charity, with Gift Aid), eu (plain, for anywhere else). docs/receipts.md shows each.",
        examples=["us"],
    )
    receipt_keep_years: int = Field(
        default=0,
        ge=0,
        le=30,
        description="Years that the copies of receipts are kept after a donor was erased, from the end of "
        "the year they were given in: as many as your law demands (six in Britain), else none.",
        examples=["6"],
    )
    org_tax_id: values.TaxId = Field(
        default="",
        max_length=60,
        validate_default=True,
        description="What receipts name the organisation by: its EIN (us), charity number (uk), or register "
        "number (eu, where it has one).",
        examples=["12-3456789"],
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from `load` alone: it has already laid the sources over one another."""
        return (init_settings,)

    @property
    def home_url(self) -> str:
        """The organisation's own site."""
        return self.org_home_url or self.base_url

    @property
    def fallback_order(self) -> tuple[str, ...]:
        """The languages of `fallback_languages`, the best first."""
        return tuple(self.fallback_languages.split())

    @property
    def other_sites(self) -> frozenset[str]:
        """The origins of other sites whose pages may ask for subscriptions."""
        return frozenset((self.cors_origins or "").split())

    @property
    def secure(self) -> bool:
        """Whether the site is reached over TLS, so that cookies and HSTS may insist on it."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None, *, local: Path = LOCAL_FILE) -> Settings:
    """Build the settings from an environment (the process's own by default); raise SettingsFault."""
    if environ is None:
        environ = os.environ  # noqa: TID251 - this is the one place that may
    faults: list[str] = []
    values = _values(_sources(environ, local), faults)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults += [_sentence(item) for item in error.errors() if _name(item) not in _named(faults)]
        raise SettingsFault(faults) from None
    if faults:
        raise SettingsFault(faults)
    return settings


def data_keys_file(
    environ: Mapping[str, str] | None = None, *, local: Path = LOCAL_FILE
) -> Path | None:
    """Return the file the data keys were read from, or None where they came from a variable."""
    if environ is None:
        environ = os.environ  # noqa: TID251 - this is the one place that may
    for source in _sources(environ, local):
        if source.get("DATA_KEYS"):
            return None
        if path := source.get("DATA_KEYS_FILE"):
            return Path(path)
    return None


def _sources(environ: Mapping[str, str], local: Path) -> list[Mapping[str, str]]:
    if environ.get("DATABASE_URL") or environ.get("DATABASE_URL_FILE") or not local.is_file():
        return [environ]
    return [environ, {name: value or "" for name, value in dotenv_values(local).items()}]


def _values(sources: list[Mapping[str, str]], faults: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in Settings.model_fields:
        for source in sources:
            value = _read(field.upper(), source, faults)
            if value is not None:
                values[field] = value
                break
    return values


def _read(name: str, source: Mapping[str, str], faults: list[str]) -> str | None:
    given, path = source.get(name), source.get(f"{name}_FILE")
    if given and path:
        faults.append(f"{name}: is given twice, also as {name}_FILE; keep one of them")
    if given or not path:
        return given or None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        faults.append(f"{name}: the file {path} of {name}_FILE cannot be read ({reason})")
        return None


def _name(item: Mapping[str, Any]) -> str:
    return str(item["loc"][0]).upper()


def _named(faults: list[str]) -> set[str]:
    return {fault.split(":", 1)[0] for fault in faults}


def _sentence(item: Mapping[str, Any]) -> str:
    if item["type"] == "missing":
        return f"{_name(item)}: is missing; .env.example shows its form"
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{_name(item)}: {message[:1].lower()}{message[1:]}"
