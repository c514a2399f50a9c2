"""Whether this process lives, and whether it can serve: for a supervisor and a load balancer."""

import logging

import redis
from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config import limits
from db.base import db
from wiring.core import core

blueprint = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that the process answers; it asks nobody else, so that a database away restarts no web."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Response:
    """Say whether pages can be served: not without the database, but without the broker they can."""
    database, broker = _database_answers(), _broker_answers()
    parts = {
        "database": "ok" if database else "away",
        "broker": "ok" if broker else "degraded",
    }
    response = jsonify(status="ok" if database else "away", **parts)
    response.status_code = 200 if database else 503
    return response


def _database_answers() -> bool:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return False
    return True


def _broker_answers() -> bool:
    url = core().settings.redis_url.get_secret_value()
    client = redis.Redis.from_url(
        url, socket_timeout=limits.PROBE_SECONDS, socket_connect_timeout=limits.PROBE_SECONDS
    )
    with client:
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError) as error:
            log.warning("the broker does not answer: %s", type(error).__name__)
            return False
