"""What each kind of news means for our rows, over the sandbox's wire and PostgreSQL."""
