"""The profile editor: a form over the dashboard. Nothing of it is imported before somebody opens it."""
