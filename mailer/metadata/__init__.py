"""What files tell besides what they show, and how it is taken out. Imports mailer.media_types and config."""
