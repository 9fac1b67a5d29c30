"""Virtual rooms and the presence in them."""
