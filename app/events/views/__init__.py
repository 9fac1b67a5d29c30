"""Pages of events: the public site, and the back office's pages of an event."""
