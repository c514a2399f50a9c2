"""Golden mails: each mail as it is meant to look, kept as a file that a person has read.

`python -m tests.golden` writes them again from the templates; read the difference before you keep
them.
"""
