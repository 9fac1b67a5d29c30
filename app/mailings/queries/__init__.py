"""Reads of mailings and reminders."""
