"""A Flask app with one empty view: what the subscribe form is measured against."""

from flask import Flask

app = Flask(__name__)


@app.route("/", methods=["GET", "POST"])
def nothing() -> str:
    """Answer at once."""
    return ""
