"""Grades: the subjects of an event and what each participant got in them."""
