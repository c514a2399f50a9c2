"""Write the golden mails again: `python -m tests.golden`, from the root of the repository."""

from pathlib import Path

from tests.golden import mails

for name, content in mails.files().items():
    Path(__file__).with_name(name).write_bytes(content)
