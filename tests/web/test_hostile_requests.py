"""What no browser sends is answered 4xx with a sentence, never 500."""

import io
import json
import socket
import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import limits
from tests.web.browser import SIGN_IN, Browser
from web import bodies, errors

FORM = "application/x-www-form-urlencoded"
PATHS = [
    "/subscribe",
    "/giving",
    "/staff/sign-in",
    "/no/such/page",
    "/api/nothing",
    "/hooks/nothing",
]


@pytest.mark.parametrize("path", ["/\xff", "/a\x00b", "/staff/\xc3\x28", "/releases/\xed\xa0\x80"])
def test_bad_text_in_a_path_is_400(client: FlaskClient, path: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 400
    assert "not text" in answer.text


@pytest.mark.parametrize("query", ["q=%ff", "q=%00", "a%00", "q=\xff", "%c3%28=x"])
@pytest.mark.parametrize("path", ["/", "/staff/sign-in", "/static/site.css"])
def test_bad_text_in_a_query_is_400(client: FlaskClient, path: str, query: str) -> None:
    answer = client.get(path, environ_overrides={"QUERY_STRING": query})
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff\xfe", b"a=x%00y", b"%00=x", b"a=\x00"])
@pytest.mark.parametrize("path", PATHS)
def test_bad_text_in_a_form_is_400(client: FlaskClient, path: str, body: bytes) -> None:
    assert client.post(path, data=body, content_type=FORM).status_code == 400


@pytest.mark.parametrize("value", [b"\xff\xfe", b"a\x00b"])
def test_bad_text_in_a_multipart_field_is_400(client: FlaskClient, value: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + value + b"\r\n--x--\r\n"
    answer = client.post("/subscribe", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400


@pytest.mark.parametrize("path", PATHS)
def test_a_megabyte_in_a_field_is_413(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"address": "a" * 1_000_000})
    assert answer.status_code == 413


def test_a_chunked_body_is_not_cut_short_in_silence(client: FlaskClient) -> None:
    body = io.BytesIO(b"a" * (limits.PUBLIC_BODY_BYTES + 1))
    answer = client.post(
        "/subscribe",
        content_type=FORM,
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413


def test_a_long_release_fits_where_staff_post_it(client: FlaskClient) -> None:
    answer = client.post("/staff/nothing", data={"body": "a" * 1_000_000})
    assert answer.status_code == 400  # for its missing token, not for its size


@pytest.fixture
def echo(app: Flask) -> Iterator[FlaskClient]:
    """Give a client of an app of its own, whose one page reads JSON."""
    small = Flask("small")
    small.extensions.update(app.extensions)
    bodies.install(small)
    errors.install(small)
    small.add_url_rule("/api/echo", view_func=lambda: {"got": request.get_json()}, methods=["POST"])
    with small.app_context():
        yield small.test_client()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b'"\\u0000"',
        b'{"a\\u0000":1}',
        b"\xff\xfe",
        b"",
        b"nil",
        b'["a\\u0000"]',
    ],
)
def test_hostile_json_is_400(echo: FlaskClient, body: bytes) -> None:
    answer = echo.post("/api/echo", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert json.loads(answer.data)["detail"]


def test_honest_json_passes(echo: FlaskClient) -> None:
    given = {"a": [1, "ü", None, {"b": "\\u0000 written out"}]}
    assert echo.post("/api/echo", json=given).get_json() == {"got": given}


@pytest.mark.parametrize("body", ["null", "0", "[1]", '"text"', '{"next": 3}'])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_json_where_staff_have_forms_is_400(client: Browser, method: str, body: str) -> None:
    headers = {"X-CSRFToken": client.token(SIGN_IN)}  # or its lack would be what is refused
    answer = client.open(
        SIGN_IN, method=method, data=body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 400


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


class BrokenBody(io.BytesIO):
    """A body that breaks off, the way servers report it: by an exception of their own."""

    def read(self, size: int | None = -1) -> bytes:
        raise EOFError(size)

    def readinto(self, buffer: object) -> int:
        raise EOFError(buffer)


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_breaks_off_is_400(client: FlaskClient, path: str) -> None:
    answer = client.post(
        path,
        content_type=FORM,
        environ_overrides={"wsgi.input": BrokenBody(), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 400


def test_a_body_shorter_than_it_says_is_400(app: Flask) -> None:
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with socket.create_connection(server.server_address[:2], timeout=10) as wire:  # type: ignore[arg-type] # bytes too in typeshed
            wire.sendall(b"POST /subscribe HTTP/1.0\r\nContent-Length: 100\r\n\r\nabc")
            wire.shutdown(socket.SHUT_WR)
            assert wire.recv(100).split()[1] == b"400"


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from([*PATHS, "/", "/staff/invitation/x", "/readyz"]),
    query=st.binary(max_size=40),
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        [FORM, "multipart/form-data; boundary=x", "application/json", "text/plain", "a/b;c"]
    ),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]),
)
def test_random_bytes_are_never_500(
    client: FlaskClient, path: str, query: bytes, body: bytes, kind: str, method: str
) -> None:
    environ = {"QUERY_STRING": query.decode("latin-1")}
    answer = client.open(
        path, method=method, data=body, content_type=kind, environ_overrides=environ
    )
    assert answer.status_code < 500
