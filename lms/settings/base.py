"""What every edition shares. Each environment variable is read once, here or in the edition, and fails loudly."""

from pathlib import Path

from celery.schedules import crontab
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from lms.settings.environment import TypedEnvironment

env = TypedEnvironment()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.str("CALLWRIGHT_VAR", default=str(BASE_DIR / "var")))

DEBUG = False

INSTALLED_APPS = [
    "content",
    "coaching",
    "courses",
    "assessments",
    "lms",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.locales",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "lms.kernel.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.kernel.middleware.PageCompression",
    "lms.kernel.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lms.people.middleware.PersonMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "lms.urls"
ASGI_APPLICATION = "lms.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.dashboards.context.frame",
            ],
            "builtins": ["lms.templatetags.frame"],
        },
    }
]

# --- people and sign-in -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "lms.User"
AUTHENTICATION_BACKENDS = [
    "lms.people.adapters.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "lms.people.hashers.FloorArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("employee_no", "full_name", "latin_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "lms.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "employee_no"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_SESSION_REMEMBER = False
# A whole shift signs in from one address: the limit bites per account, the address has a high ceiling.
ACCOUNT_RATE_LIMITS = {
    "login": "1200/5m/ip",
    "login_failed": "600/5m/ip,5/5m/key",
    "first_sign_in": "1200/5m/ip,5/5m/key",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
}
USERSESSIONS_TRACK_ACTIVITY = False  # PersonMiddleware does it with fewer writes
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
# Not in a cookie: a message not yet shown must not wait for the next person at the same PC.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
IDLE_LOCK_SECONDS = env.int("CALLWRIGHT_IDLE_LOCK_SECONDS", default=600)
ONE_TIME_CODE_DAYS = 14
# How long a mystery-call scenario rests in a team after somebody there has had it.
SCENARIO_REST_DAYS = env.int("CALLWRIGHT_SCENARIO_REST_DAYS", default=14)

# --- language and time --------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_I18N_ENABLED = True
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# Our own texts; and those that Wagtail has no Chinese for.
LOCALE_PATHS = [BASE_DIR / "lms" / "locale", BASE_DIR / "lms" / "locale_wagtail"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files --------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "public"
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "lms.kernel.storage.PrivateFileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT)},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- security -----------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.SELF],
    "manifest-src": [CSP.SELF],
}
# Wagtail's page editor still writes inline scripts and styles; nothing outside /admin/ gets this policy.
ADMIN_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
}
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview shows a page inside the editor.
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for DENY; see the line above
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

# --- Wagtail ------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Callwright 呼匠"
WAGTAILADMIN_BASE_URL = env.str(
    "CALLWRIGHT_BASE_URL", default=f"http://127.0.0.1:{env.int('CALLWRIGHT_PORT', default=8000)}"
)
WAGTAILIMAGES_IMAGE_MODEL = "courses.CourseImage"
WAGTAILDOCS_DOCUMENT_MODEL = "courses.CourseDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "back-office-sign-in"
WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
WAGTAILEMBEDS_FINDERS = []
WAGTAIL_FINISH_WORKFLOW_ACTION = "courses.reviews.rules.publish_what_was_approved"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "txt", "zip"]

# --- background work ----------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "queue" / "messages"),
        "data_folder_out": str(VAR_DIR / "queue" / "messages"),
        "control_folder": str(VAR_DIR / "queue" / "control"),
        "store_processed": False,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat.db")
CELERY_BEAT_SCHEDULE = {
    "send-late-mail": {"task": "lms.tasks.send_late_mail", "schedule": 60.0},
    "write-late-imports": {"task": "lms.tasks.write_late_imports", "schedule": 300.0},
    "close-overdue-attempts": {"task": "assessments.tasks.close_overdue_attempts", "schedule": 30.0},
    "render-late-certificates": {"task": "courses.tasks.render_late_certificates", "schedule": 60.0},
    "publish-what-is-due": {"task": "courses.tasks.publish_what_is_due", "schedule": 60.0},
    "follow-leaves": {"task": "lms.tasks.follow_leaves", "schedule": crontab(hour=0, minute=40)},
    "move-due-days": {"task": "courses.tasks.move_due_days", "schedule": crontab(hour=1, minute=10)},
    "open-renewals": {"task": "courses.tasks.open_renewals", "schedule": crontab(hour=4, minute=40)},
    "enrol-audiences": {"task": "courses.tasks.enrol_audiences", "schedule": crontab(hour=0, minute=20)},
    "open-steps": {"task": "courses.tasks.open_steps_whose_time_has_come", "schedule": 1800.0},
    "clear-sessions": {"task": "lms.tasks.clear_expired_sessions", "schedule": crontab(hour=4, minute=10)},
}
TASKS = {"default": {"BACKEND": "lms.kernel.tasks_backend.CeleryBackend", "QUEUES": []}}

# --- mail ---------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("CALLWRIGHT_FROM_EMAIL", default="callwright@localhost")

# --- logs ---------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "lms.kernel.logs.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
            "json_ensure_ascii": False,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": env.str("CALLWRIGHT_LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "wagtail": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # the filesystem transport has no host and says so each time
        "celery.app.trace": {"level": "WARNING"},
    },
}
