import socket

import pytest

from sandbox import ports
from sandbox.errors import SandboxError
from sandbox.ports import Ports
from tests.sandbox.run import product


def test_the_usual_ports_are_used_where_none_is_chosen() -> None:
    assert ports.chosen({"PORT": ""}) == Ports(web=8000, smtp=1025, mailbox=8025, stripe=8026)


def test_a_chosen_port_wins() -> None:
    assert ports.chosen({"PORT": "9000", "MAILBOX_PORT": "9001"}) == Ports(9000, 1025, 9001)


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "8000.0", "٨", " 80"])
def test_what_is_no_port_is_refused_by_name(text: str) -> None:
    with pytest.raises(SandboxError, match="PORT is"):
        ports.chosen({"PORT": text})


def test_free_ports_pass() -> None:
    ports.refuse_taken(Ports(*(product.free_port() for _ in range(4))))


def test_a_port_in_use_is_named_with_another_to_take() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = Ports(product.free_port(), product.free_port(), port, product.free_port())
        with pytest.raises(SandboxError, match=f"Port {port} is in use.*make run MAILBOX_PORT="):
            ports.refuse_taken(taken)


def test_one_port_cannot_serve_two() -> None:
    port = product.free_port()
    with pytest.raises(SandboxError, match="in use"):
        ports.refuse_taken(Ports(port, port, product.free_port(), product.free_port()))


def test_nothing_answers_on_a_free_port() -> None:
    assert not ports.answers(product.free_port(), "/")
