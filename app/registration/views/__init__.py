"""What people see of registration."""
