"""What tests of the API share: a site that pages of https://www.example.net may call."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.api.callers import SITE


@pytest.fixture
def site(app: Flask, build: Callable[..., Flask]) -> FlaskClient:
    """Give a client of an app that lists another site."""
    return build(cors_origins=SITE).test_client()
