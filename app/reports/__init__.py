"""Exports of what the organiser needs outside."""
