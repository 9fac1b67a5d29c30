"""People who sign in, organisations and their units, role grants."""
