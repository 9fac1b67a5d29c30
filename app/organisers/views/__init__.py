"""What the back office shows of its own: dashboard, an event's summary, registrations, the audit log."""
