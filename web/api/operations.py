"""Operations: a view that takes and gives models says so once; the checks and the document are made of it."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from web.api import problems
from web.api.problems import Problem
from web.public import rendering

JSON: Final = "application/json"
_REFERENCE: Final = "#/components/schemas/{model}"
_NAME: Final = re.compile(r"<(\w+)>")
_UNREADABLE: Final = "The address is not text that can be read."
_UNFIT: Final = "A field of the query must be mended; `errors` has a sentence for each."
_FAULTS: Final = {
    400: "The body is not JSON that can be read.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    422: "A field must be mended; `errors` has a sentence for each.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What one view takes and gives: models, and the status of each answer that is no fault.

    `takes` is the body's model, `asks` the query's; `missing` says what a 404 means where there is one.
    """

    summary: str
    gives: type[BaseModel]
    takes: type[BaseModel] | None = None
    asks: type[BaseModel] | None = None
    status: int = 200
    missing: str = ""
    keep: int = 0


_OPERATIONS: Final[dict[Callable[..., Any], Operation]] = {}


def operation(
    summary: str,
    *,
    gives: type[BaseModel],
    takes: type[BaseModel] | None = None,
    asks: type[BaseModel] | None = None,
    status: int = 200,
    missing: str = "",
    keep: int = 0,
) -> Callable[[Callable[..., BaseModel]], Callable[..., Response]]:
    """Make a view of a function from models, and the names in its path, to a model.

    A body or a query that is not one raises problems.Faulty. Caches may keep the answer `keep` seconds.
    """
    described = Operation(summary, gives, takes, asks, status, missing, keep)

    def make(function: Callable[..., BaseModel]) -> Callable[..., Response]:
        @functools.wraps(function)
        def view(**names: str) -> Response:
            read = [_read(takes)] if takes else []
            asked = [_asked(asks)] if asks else []
            return _answered(function(*read, *asked, **names), described)

        _OPERATIONS[view] = described
        return view

    return make


def document(app: Flask, *, title: str, server: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every operation that the app routes to."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        found = _OPERATIONS.get(app.view_functions[rule.endpoint])
        if found is not None:
            method = "post" if "POST" in (rule.methods or ()) else "get"
            path = _NAME.sub(r"{\1}", rule.rule)
            paths.setdefault(path, {})[method] = _described(found, sorted(rule.arguments))
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": server}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": _schemas()},
    }


def _read(model: type[BaseModel]) -> BaseModel:
    # get_json raises 415 for another content type and 400 for what is no JSON (web/bodies.py).
    try:
        return model.model_validate(request.get_json())
    except ValidationError as error:
        raise problems.of(error, model) from None


def _asked(model: type[BaseModel]) -> BaseModel:
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise problems.of(error, model) from None


def _answered(given: BaseModel, described: Operation) -> Response:
    response = jsonify(given.model_dump(mode="json"))
    response.status_code = described.status
    if described.keep:
        rendering.keep_for(response, described.keep)
    return response


def _described(found: Operation, names: Sequence[str]) -> dict[str, Any]:
    answers = {str(found.status): _answer("As asked.", JSON, found.gives)}
    described: dict[str, Any] = {"summary": found.summary, "responses": answers}
    faults = dict(_FAULTS) if found.takes else {}
    if found.takes:
        described["requestBody"] = {"required": True, "content": _content(JSON, found.takes)}
    if names or found.asks:
        described["parameters"] = [*map(_name, names), *_query(found.asks)]
        faults |= {400: _UNREADABLE} | ({422: _UNFIT} if found.asks else {})
    if found.missing:
        faults |= {404: found.missing}
    answers |= {str(s): _answer(said, problems.MEDIA_TYPE, Problem) for s, said in faults.items()}
    return described


def _name(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    fields = model.model_json_schema()["properties"] if model else {}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in fields.items()]


def _answer(said: str, media_type: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"description": said, "content": _content(media_type, model)}


def _content(media_type: str, model: type[BaseModel]) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}


def _schemas() -> Mapping[str, Any]:
    used = {model for each in _OPERATIONS.values() for model in (each.takes, each.gives) if model}
    ordered = sorted(used | {Problem}, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in ordered], ref_template=_REFERENCE
    )
    return dict(schemas["$defs"])
