"""Events and their programme: days, sessions, speakers, rooms, calendar."""
