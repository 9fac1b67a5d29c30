"""The back office's own pages: dashboard, summary of an event, audit log."""
