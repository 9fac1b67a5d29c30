"""Registering for an event: form, capacity, waitlist, the participant's link."""
