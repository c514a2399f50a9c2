"""The press-release importer: a file in, parts and findings out. Imports mailer.parts and config."""
