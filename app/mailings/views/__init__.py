"""The pages of letters, messages and reminders."""
