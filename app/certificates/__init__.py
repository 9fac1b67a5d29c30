"""Certificates: settings, who has earned one, issue, PDF, verification."""
