"""The one place where concrete things are chosen: core app, broker, bell, queue and task names."""
