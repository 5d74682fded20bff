"""Argon2id with OWASP's figures, so that a whole shift can sign in at once."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class FloorArgon2PasswordHasher(Argon2PasswordHasher):
    """m = 19 456 KiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet): about 0.05 s of CPU."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
