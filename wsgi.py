"""The web process: `gunicorn wsgi:app`, and what `flask …` finds from the root."""

from config.settings import SettingsFault
from web.app import create_app
from web.cli import commands

try:
    app = create_app()
except SettingsFault as fault:
    app = commands.without_settings(fault)
