"""Who was there: scans at the door, marks by hand, presence on a screen, and what counts."""
