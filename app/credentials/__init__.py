"""Verifiable credentials: what a certificate says, signed so that anybody can check it without this server."""
