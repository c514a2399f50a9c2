"""Tests of the sandbox mailbox: a real process, over real SMTP and real HTTP."""
