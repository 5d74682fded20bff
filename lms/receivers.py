"""What the ground floor does when something is announced."""
