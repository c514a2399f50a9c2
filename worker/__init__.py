"""Celery speaks here: a task takes ids or nothing and calls one service. Never imports web."""
