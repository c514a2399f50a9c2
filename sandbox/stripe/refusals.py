"""What Stripe answers instead of an object: the status, and `error` with its type, code and param."""

from sandbox.stripe.things import Thing


class Refused(Exception):
    """A request is answered with an error object; `status` is HTTP's.

    `more` are further fields of the error object, such as `decline_code`.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self._error: Thing = {"message": message, "type": kind}
        self._error |= {k: v for k, v in {"code": code, "param": param}.items() if v is not None}
        self._error |= more

    def body(self, log_url: str) -> Thing:
        """Give the answer's body; `request_log_url` is where an operator would look."""
        return {"error": {**self._error, "request_log_url": log_url}}


class Invalid(Refused):
    """The parameters are not what the endpoint takes: nothing was begun, and no answer is kept."""


def no_such(kind: str, thing_id: str, *, param: str = "id", status: int = 404) -> Refused:
    """Say that there is no such object; 404 for the one in the path, 400 for one in a parameter."""
    what = {"checkout.session": "checkout.session"}.get(kind, kind.rsplit(".", maxsplit=1)[-1])
    return Refused(
        f"No such {what}: '{thing_id}'", status=status, code="resource_missing", param=param
    )


def no_such_path(method: str, path: str) -> Refused:
    """Say that nothing is served there, as Stripe does."""
    return Refused(
        f"Unrecognized request URL ({method}: {path}). The sandbox serves what the product uses; "
        "sandbox/stripe/routes.py lists it.",
        status=404,
    )
