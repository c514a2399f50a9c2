"""What we say, to whom, by what consent: subscribers, releases, announcements. Imports db and config."""
