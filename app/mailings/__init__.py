"""What an office writes to many: its own words for letters, reminders, messages to a choice of people, bounces."""
