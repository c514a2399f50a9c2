"""The proxy falls silent, and cuts where it is told to."""

import socket
from collections.abc import Callable

import pytest

from sandbox.proxy.server import Proxy
from sandbox.proxy.weather import Cut
from tests.sandbox.proxy.conftest import Echo

Call = Callable[[], socket.socket]


def ask(stream: socket.socket, words: bytes) -> bytes:
    """Say something and return what is said back."""
    stream.sendall(words)
    return stream.recv(100)


def test_silence_closes_nothing_and_loses_nothing(proxy: Proxy, call: Call) -> None:
    stream = call()
    assert ask(stream, b"one") == b"one"
    proxy.silence()
    stream.settimeout(0.2)
    with pytest.raises(TimeoutError):
        ask(stream, b"two")
    proxy.resume()
    stream.settimeout(5)
    assert stream.recv(100) == b"two"


def test_a_cut_resets_all_and_lets_new_ones_in(proxy: Proxy, call: Call) -> None:
    stream = call()
    assert ask(stream, b"one") == b"one"
    proxy.cut_all()
    with pytest.raises(ConnectionResetError):
        stream.recv(100)
    assert ask(call(), b"two") == b"two"


def test_a_cut_keeps_back_the_answer_to_what_was_heard(proxy: Proxy, call: Call) -> None:
    proxy.cut_at(Cut(b"COMMIT"))
    with pytest.raises(ConnectionResetError):
        ask(call(), b"COMMIT;")
    assert Echo.heard == b"COMMIT;"


def test_a_cut_keeps_back_the_words_themselves(proxy: Proxy, call: Call) -> None:
    proxy.cut_at(Cut(b"COMMIT", heard=False))
    with pytest.raises(ConnectionResetError):
        ask(call(), b"COMMIT;")
    assert Echo.heard == b""


def test_a_cut_may_strike_each_third_time(proxy: Proxy, call: Call) -> None:
    cut = Cut(b"COMMIT", every=3)
    proxy.cut_at(cut)
    stream = call()
    assert [ask(stream, b"COMMIT") for _ in range(2)] == [b"COMMIT"] * 2
    with pytest.raises(ConnectionResetError):
        ask(stream, b"COMMIT")
    assert (cut.seen, cut.made) == (3, 1)
