"""The participant's page, reached by a personal link."""
