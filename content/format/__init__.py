"""The format of content packs, described once: reading, checking, writing back and the JSON schema all come from here."""
