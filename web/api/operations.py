"""Operations: a view that takes and gives models says so once; the checks and the document are made of it."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from web.api import problems
from web.api.problems import Problem

JSON: Final = "application/json"
_REFERENCE: Final = "#/components/schemas/{model}"
_FAULTS: Final = {
    400: "The body is not JSON that can be read.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    422: "A field must be mended; `errors` has a sentence for each.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What one view takes and gives: models, and the status of each answer that is no fault."""

    summary: str
    takes: type[BaseModel] | None
    gives: type[BaseModel]
    status: int


_OPERATIONS: Final[dict[Callable[..., Any], Operation]] = {}


def operation(
    summary: str, *, gives: type[BaseModel], takes: type[BaseModel] | None = None, status: int = 200
) -> Callable[[Callable[..., BaseModel]], Callable[[], Response]]:
    """Make a view of a function from a model to a model; a body that is not one raises problems.Faulty."""

    def make(function: Callable[..., BaseModel]) -> Callable[[], Response]:
        @functools.wraps(function)
        def view() -> Response:
            given = function(_read(takes)) if takes else function()
            response = jsonify(given.model_dump(mode="json"))
            response.status_code = status
            return response

        _OPERATIONS[view] = Operation(summary, takes, gives, status)
        return view

    return make


def document(app: Flask, *, title: str, server: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every operation that the app routes to."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        found = _OPERATIONS.get(app.view_functions[rule.endpoint])
        if found is not None:
            method = "post" if "POST" in (rule.methods or ()) else "get"
            paths.setdefault(rule.rule, {})[method] = _described(found)
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


def _described(found: Operation) -> dict[str, Any]:
    answers = {str(found.status): _answer("As asked.", JSON, found.gives)}
    described: dict[str, Any] = {"summary": found.summary, "responses": answers}
    if found.takes:
        described["requestBody"] = {"required": True, "content": _content(JSON, found.takes)}
        answers |= {
            str(s): _answer(said, problems.MEDIA_TYPE, Problem) for s, said in _FAULTS.items()
        }
    return described


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
