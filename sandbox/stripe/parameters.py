"""Checks a request's parameters against the SDK's own types: what its TypedDicts lack, Stripe refuses.

The SDK's types are generated from Stripe's own description of its API, so a parameter that was
removed or renamed is refused here as there. This module is the only one that knows the SDK.
"""

import importlib
import re
import types
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from stripe import RequestOptions

from sandbox.stripe.refusals import Invalid
from sandbox.stripe.things import Thing

INTEGER: Final = re.compile(r"-?\d{1,18}")
METADATA_KEYS: Final = 50
METADATA_KEY: Final = 40
METADATA_VALUE: Final = 500
UNSET: Final = frozenset({"default_payment_method"})
"""What Stripe lets an empty string unset although the SDK's types do not say so."""
SCALARS: Final = frozenset({str, int, bool, float, Decimal})


def check(params: Thing, shape: str) -> Thing:
    """Give the parameters with their types; `shape` names a class of `stripe.params`.

    Raises Invalid for what is unknown, missing, or of another type.
    """
    module, _, name = shape.rpartition(".")
    path = "stripe.params" + (f".{module}" if module else "")
    checked: Thing = _dictionary(params, getattr(importlib.import_module(path), name), "")
    return checked


@cache
def _fields(shape: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a TypedDict has no type of its own
    # The SDK imports these two names for type checkers only.
    found = get_type_hints(shape, localns={"StripeContext": object, "Mapping": Mapping})
    return {
        name: kind for name, kind in found.items() if name not in RequestOptions.__annotations__
    }


def _dictionary(given: object, shape: Any, at: str) -> Thing:  # noqa: ANN401 - as above
    if not isinstance(given, dict):
        raise Invalid(f"Invalid object: {at}", param=at, code="parameter_invalid_empty")
    fields = _fields(shape)
    for name in given:
        if name not in fields:
            path = _within(at, name)
            raise Invalid(
                f"Received unknown parameter: {path}", code="parameter_unknown", param=path
            )
    for name in sorted(shape.__required_keys__ & fields.keys()):
        if name not in given:
            path = _within(at, name)
            raise Invalid(f"Missing required param: {path}.", code="parameter_missing", param=path)
    return {name: _value(value, fields[name], _within(at, name)) for name, value in given.items()}


def _value(given: object, kind: Any, at: str) -> object:  # noqa: ANN401 - any annotation there is
    if hasattr(kind, "__required_keys__"):  # a TypedDict, of typing or of typing_extensions
        return _dictionary(given, kind, at)
    origin, arms = _origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _one_of(given, _closed(arms), at)
    if origin is Literal:
        return _literal(given, arms, at)
    if origin is list:
        return _list(given, arms[0], at)
    if isinstance(given, dict) and kind not in SCALARS:
        return _free(given, at)
    return _scalar(given, kind, at)


def _origin(kind: Any) -> object:  # noqa: ANN401 - as above
    return get_origin(kind)


def _closed(arms: tuple[Any, ...]) -> tuple[Any, ...]:
    """Take `Literal[..] | str` for what Stripe means by it: one of these words and no other."""
    words = [word for arm in arms if _origin(arm) is Literal for word in get_args(arm)]
    return tuple(arm for arm in arms if arm is not str) if any(words) else arms


def _one_of(given: object, arms: tuple[Any, ...], at: str) -> object:
    """Try each arm; the refusal is that of the one that comes nearest."""
    refusals = []
    for arm in sorted(arms, key=lambda arm: _origin(arm) is not Literal):
        try:
            return _value(given, arm, at)
        except Invalid as refusal:
            refusals.append(refusal)
    words = [word for arm in arms if _origin(arm) is Literal for word in get_args(arm) if word]
    if words and not isinstance(given, dict):
        _literal(given, tuple(words), at)
    raise refusals[-1]


def _literal(given: object, words: tuple[Any, ...], at: str) -> object:
    if isinstance(given, str) and given in words:
        return given
    name = at.rpartition("[")[2].rstrip("]")
    options = ", ".join(str(word) for word in words if word)
    raise Invalid(f"Invalid {name}: must be one of {options}", param=at)


def _list(given: object, kind: Any, at: str) -> object:  # noqa: ANN401 - as above
    if not isinstance(given, dict):
        raise Invalid("Invalid array", param=at)
    return [_value(value, kind, f"{at}[{place}]") for place, value in enumerate(given.values())]


def _free(given: Thing, at: str) -> Thing:
    """Check a dictionary whose names are the caller's: metadata, mostly."""
    if len(given) > METADATA_KEYS:
        raise Invalid(f"You can have up to {METADATA_KEYS} keys of metadata.", param=at)
    for name, value in given.items():
        if len(name) > METADATA_KEY:
            raise Invalid(
                f"Metadata keys must be under {METADATA_KEY} characters long: {name}",
                code="invalid_metadata_key",
                param=at,
            )
        if len(str(value)) > METADATA_VALUE:
            raise Invalid(
                f"Metadata values can have up to {METADATA_VALUE} characters.",
                code="invalid_metadata_value",
                param=_within(at, name),
            )
    return given


def _scalar(given: object, kind: Any, at: str) -> object:  # noqa: ANN401 - as above
    if not isinstance(given, str):
        raise Invalid("Invalid string: {...}", param=at)
    read = READERS.get(kind)
    if read is not None:
        return read(given, at)
    if kind is str and not given and at not in UNSET:
        raise Invalid(
            f"You passed an empty string for '{at}'. We assume empty values are an attempt to unset "
            f"a parameter; however '{at}' cannot be unset.",
            code="parameter_invalid_empty",
            param=at,
        )
    return given


def _boolean(given: str, at: str) -> bool:
    if given not in {"true", "false"}:
        raise Invalid(f"Invalid boolean: {given}", param=at)
    return given == "true"


def _integer(given: str, at: str) -> int:
    if not INTEGER.fullmatch(given):
        raise Invalid(f"Invalid integer: {given}", code="parameter_invalid_integer", param=at)
    return int(given)


def _decimal(given: str, at: str) -> str:
    try:
        return str(Decimal(given))
    except InvalidOperation:
        raise Invalid(f"Invalid decimal: {given}", param=at) from None


READERS: Final[Mapping[type, Callable[[str, str], object]]] = {
    bool: _boolean,
    int: _integer,
    float: _decimal,
    Decimal: _decimal,
}


def _within(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name
