"""Whole stories, through real processes: web, workers, beat, mailbox."""
