"""What is done with mailings, reminders, own words and bounces."""
