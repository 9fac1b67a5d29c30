"""What tests need of the world around the application: servers, browsers, a post office, rivals."""
