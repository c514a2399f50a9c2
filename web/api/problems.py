"""Problems: how the API says that something must be mended (RFC 9457), one sentence for each field."""

from collections.abc import Mapping
from typing import Final

from flask import Response, jsonify
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from config import limits
from web import errors

MEDIA_TYPE: Final = "application/problem+json"
WHOLE: Final = "body"
"""What a fault is named after that is of no one field."""
OBJECT: Final = "The body must be one JSON object with the fields of this operation."
UNKNOWN: Final = "There is no such field; leave it out."

_DETAILS: Final[dict[type[HTTPException], str]] = {
    BadRequest: "The body must be one JSON object in UTF-8, not nested deeply, without NUL.",
    RequestEntityTooLarge: f"Send at most {limits.PUBLIC_BODY_BYTES} bytes.",
    UnsupportedMediaType: "Send the body as JSON, with the header Content-Type: application/json.",
}


class Problem(BaseModel):
    """What went wrong (RFC 9457), with a sentence for each field to mend where it was one."""

    type: str = Field(description="Always about:blank: the status says what kind it is.")
    title: str
    status: int
    detail: str = Field(description="What to do, in a sentence.")
    errors: dict[str, str] | None = Field(
        default=None, description="Field -> what to mend; 'body' is the whole."
    )


class Faulty(Exception):
    """What was sent can be read but not acted on; `faults` has a sentence for each field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


def of(error: ValidationError, model: type[BaseModel]) -> Faulty:
    """Return the sentences for what a model refused: its fields' descriptions say what to give."""
    found: dict[str, str] = {}
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        field = str(item["loc"][0]) if item["loc"] else WHOLE
        if item["type"] == "extra_forbidden" and len(found) < limits.API_FAULTS:
            found[field[: limits.API_FAULT_NAME_LENGTH]] = UNKNOWN
        elif item["type"] != "extra_forbidden":
            known = model.model_fields.get(field)
            found[field if known else WHOLE] = (known and known.description) or OBJECT
    return Faulty(found)


def answer_faulty(faulty: Faulty) -> Response:
    """Answer 422 with every fault at once."""
    page = errors.PAGES[422]
    return _response(422, page.title, "Mend what 'errors' names, and send it again.", faulty.faults)


def answer(error: HTTPException) -> Response:
    """Answer in a machine's words where the page's are for a person in front of a form."""
    status, page = errors.look_up(error)
    return _response(status, page.title, _DETAILS.get(type(error), page.sentence))


def _response(
    status: int, title: str, detail: str, faults: Mapping[str, str] | None = None
) -> Response:
    problem = Problem(type="about:blank", title=str(title), status=status, detail=str(detail))
    said = problem.model_dump(exclude_none=True) | ({"errors": dict(faults)} if faults else {})
    response = jsonify(said)
    response.status_code, response.mimetype = status, MEDIA_TYPE
    return response
