"""From draft to published: by schedule, and – where the site asks for it – by somebody else's approval."""
