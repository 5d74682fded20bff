"""The grown-up edition: everything by environment variables; a missing one is named and stops the start."""

from lms.settings.base import *
from lms.settings.base import REDIS_URL, STORAGES, VAR_DIR, env
from lms.settings.databases import caches, database

EDITION = "production"

SECRET_KEY = env.str("CALLWRIGHT_SECRET_KEY")
ALLOWED_HOSTS = env.list("CALLWRIGHT_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith(".")]
DATABASES = {"default": database(env, sqlite_file=VAR_DIR / "callwright.sqlite3")}
CACHES = caches(REDIS_URL, folder=VAR_DIR / "cache")
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

SECURE_SSL_REDIRECT = env.bool("CALLWRIGHT_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("CALLWRIGHT_HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

if env.str("CALLWRIGHT_S3_BUCKET", default=""):
    _s3 = {
        "bucket_name": env.str("CALLWRIGHT_S3_BUCKET"),
        "endpoint_url": env.str("CALLWRIGHT_S3_ENDPOINT", default=None),
        "access_key": env.str("CALLWRIGHT_S3_KEY"),
        "secret_key": env.str("CALLWRIGHT_S3_SECRET"),
    }
    STORAGES = {
        **STORAGES,
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**_s3, "location": "public"}},
        "private": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**_s3, "location": "private"}},
    }

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.str("CALLWRIGHT_SMTP_HOST"),
            "port": env.int("CALLWRIGHT_SMTP_PORT", default=587),
            "username": env.str("CALLWRIGHT_SMTP_USER", default=""),
            "password": env.str("CALLWRIGHT_SMTP_PASSWORD", default=""),
            "use_tls": env.bool("CALLWRIGHT_SMTP_TLS", default=True),
        },
    }
}
