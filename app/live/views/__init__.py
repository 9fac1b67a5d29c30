"""Pages of virtual rooms."""
