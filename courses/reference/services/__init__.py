"""Writing what readers look up, keep and say."""
