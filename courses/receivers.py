"""What this app does when others announce something."""
