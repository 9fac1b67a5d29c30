"""What people see of certificates: verification for everybody, and the back office's pages."""
