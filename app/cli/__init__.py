"""Commands for whoever runs the installation."""
