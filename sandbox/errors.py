"""What goes wrong on the way to a running sandbox."""


class SandboxError(Exception):
    """The sandbox cannot go on; the message is one sentence: what is wrong, and what to do."""
