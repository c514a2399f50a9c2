"""Which column of a list feeds which field: found by the names that the systems we know give, or told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mailer.lists.table import Table

EMAIL, TOPICS, LANGUAGE = "email", "topics", "language"
CONFIRMED_AT, CONSENT_NOTE = "confirmed_at", "consent_note"
FIELDS: Final = (EMAIL, TOPICS, LANGUAGE, CONFIRMED_AT, CONSENT_NOTE)
"""The fields of a row, which are also the columns of our own lists, in this order."""
STATUS, LEFT_AT = "status", "left_at"
"""What other systems say beside it: the state of a member, and when they left."""
ALL_FIELDS: Final = (*FIELDS, STATUS, LEFT_AT)

_SHOWN: Final = 12
"""How many columns a sentence lists."""


class BadMapping(ValueError):
    """The columns do not fit the fields; the message says what to change."""


@dataclass(frozen=True)
class Form:
    """A system's export: the columns it is known by, and which of its columns feed our fields."""

    name: str
    known_by: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]


FORMS: Final = (
    Form(
        "Mailchimp",
        frozenset({"email address", "optin_time"}),
        {
            EMAIL: ("email address",),
            CONFIRMED_AT: ("confirm_time",),
            LEFT_AT: ("unsub_time", "clean_time"),
        },
    ),
    Form(
        "listmonk",
        frozenset({"email", "status", "attributes"}),
        {EMAIL: (EMAIL,), STATUS: (STATUS,)},
    ),
    Form("listmonk", frozenset({"email", "name", "attributes"}), {EMAIL: (EMAIL,)}),
    Form("our own", frozenset({EMAIL}), {}),
)
"""In this order: the first whose columns are all there."""
_ADDRESS_NAMES: Final = ("email address", "email_address", "e-mail", "mail", "address")
"""What a column of addresses is called where nobody planned it."""


@dataclass(frozen=True)
class Fit:
    """The mapping of one list: the form it has, and for each field that is fed its column."""

    form: str
    positions: Mapping[str, int]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        """The mapping for a person to read, one line a field."""
        return [
            f"{each:<13} from the column {self.names[each]}"
            for each in ALL_FIELDS
            if each in self.names
        ]


def fit(table: Table, told: Mapping[str, str]) -> Fit:
    """Find the mapping; raise BadMapping.

    `told` maps fields to columns by name or number; '' leaves a field out.
    """
    names = [name.strip().lower() for name in table.columns]
    form, wanted = _form(names) if table.has_header else _plain(table)
    found = _found(names, {each: wanted[each] for each in wanted if each not in told})
    found |= {each: _column(names, told[each]) for each in told if told[each]}
    if strange := set(told) - set(ALL_FIELDS):
        raise BadMapping(f"There is no field {min(strange)}; the fields are {', '.join(FIELDS)}.")
    if EMAIL not in found:
        raise BadMapping(
            "No column of addresses was found; name it with --map email=COLUMN. "
            f"The columns are: {_listed(table.columns)}."
        )
    return Fit(form, found, {each: table.columns[found[each]] for each in found})


def _form(names: Sequence[str]) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """Return the form that has these columns, and what it would feed the fields from."""
    form = next((form for form in FORMS if form.known_by <= set(names)), None)
    wanted: dict[str, tuple[str, ...]] = {each: (each,) for each in FIELDS}
    wanted |= form.columns if form else {EMAIL: _ADDRESS_NAMES}
    return form.name if form else "unknown", wanted


def _plain(table: Table) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """Look for an address in the first row of a list without a header."""
    form = "Mailman" if len(table.columns) == 1 else "no header"
    column = next(
        name for name, cell in zip(table.columns, table.sample, strict=True) if "@" in cell
    )
    return form, {EMAIL: (column,)}


def _found(names: Sequence[str], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    return {
        each: _only(names, name)
        for each, columns in wanted.items()
        if (name := next((column for column in columns if column in names), None))
    }


def _column(names: Sequence[str], told: str) -> int:
    wanted = told.strip().lower()
    if wanted in names:
        return _only(names, wanted)
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise BadMapping(f"There is no column {told}; the columns are: {_listed(names)}.")


def _only(names: Sequence[str], name: str) -> int:
    if list(names).count(name) > 1:
        raise BadMapping(
            f"Several columns are called {name}; rename all but one, or give its number with --map."
        )
    return names.index(name)


def _listed(names: Iterable[str]) -> str:
    listed = [name for name in names if name]
    more = ", …" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
