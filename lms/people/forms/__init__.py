"""What people type: to sign in, about themselves, and about the files they import."""
