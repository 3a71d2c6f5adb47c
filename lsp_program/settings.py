"""All settings of the project, read from the environment in this one place.

A value that is missing or unsafe stops the start with one line that says what to set.
`.env.example` lists every variable. Nothing here is a secret, and nothing else reads `os.environ`.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from core import clamd

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# What the environment says wins over the file. `make demo` and `make test` read no file.
environ.Env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env")


def refuse(sentence: str) -> None:
    """Stop the start with one line for the person who sets the machine up."""
    raise SystemExit(f"LSP cannot start: {sentence}")


def required(name: str) -> str:
    value = env.str(name, default="").strip()
    if not value:
        refuse(f"{name} is not set. Put it in the environment or in .env (see .env.example).")
    return value


def flag(name: str, default: bool) -> bool:
    """Yes or no; a word that is neither must not silently mean no."""
    value = env.str(name, default="").strip().lower()
    if value not in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
        refuse(f"{name} must be 1 or 0.")
    return value in {"1", "true", "yes", "on"} if value else default


def number(name: str, default: int, lowest: int, highest: int) -> int:
    value = env.str(name, default="").strip() or str(default)
    if not value.isascii() or not value.isdecimal() or not lowest <= int(value) <= highest:
        refuse(f"{name} must be a whole number from {lowest} to {highest}.")
    return int(value)


def secret(name: str) -> str:
    value = required(name)
    if len(value) < 50 or len(set(value)) < 10:
        refuse(f"{name} is too easy to guess: at least 50 random characters.")
    return value


def address(name: str, schemes: tuple[str, ...], example: str, default: str | None = None) -> str:
    value = required(name) if default is None else env.str(name, default="").strip() or default
    try:
        parts = urlsplit(value)
        complete = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        complete = False
    if not complete:
        refuse(f"{name} must look like {example}.")
    return value


def database(name: str) -> dict:
    required(name)
    try:
        settings = env.db(name)
    except (ImproperlyConfigured, ValueError):
        settings = {}
    if settings.get("ENGINE") != "django.db.backends.postgresql" or not (
        settings.get("NAME") and settings.get("USER")
    ):
        refuse(f"{name} must look like postgres://user:password@host:5432/name.")
    return settings


# --- What kind of start this is --------------------------------------------------------------

DEBUG = flag("DEBUG", default=False)
# The demonstration relaxes what would lock a visitor out (second factor, HTTPS). Never in production.
DEMO = flag("DEMO", default=False)
# Only these commands connect as the owner of the tables; everything else uses the application's own user.
OWNER_COMMANDS = {
    "migrate",
    "sqlmigrate",
    "showmigrations",
    "makemigrations",
    "createcachetable",
    "set_up_roles",
    "set_up_database",
}
AS_OWNER = len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") and sys.argv[1] in OWNER_COMMANDS

SECRET_KEY = secret("SECRET_KEY")
# Chains the events of each case. It lives outside the database, so that who can write there cannot forge a chain.
TIMELINE_KEY = secret("TIMELINE_KEY")
if SECRET_KEY == TIMELINE_KEY:
    refuse("TIMELINE_KEY must not be the SECRET_KEY: one that leaks must not open the other's door.")

# --- Where it is served ----------------------------------------------------------------------

SITE_URL = address("SITE_URL", ("http", "https"), "https://lsp.example.org").rstrip("/")
if urlsplit(SITE_URL).path or urlsplit(SITE_URL).query:
    refuse("SITE_URL must be the host alone: the site lives at the root of its own host.")
ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()]
if not ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS is not set: name the site's hosts, separated by commas.")
HTTPS = SITE_URL.startswith("https://")
if not HTTPS and not (DEMO or DEBUG):
    refuse("SITE_URL must begin with https:// (plain http is for DEMO=1 only).")
if HTTPS and DEMO:
    refuse("DEMO=1 opens the doors of the demonstration; it must not be set on a public https site.")
if HTTPS and DEBUG:
    refuse("DEBUG=1 shows the inside of the site; it must not be set on a public https site.")
if HTTPS and "*" in ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS must name the site's hosts; * would accept any.")
if not validate_host(urlsplit(SITE_URL).hostname or "", ALLOWED_HOSTS):
    refuse("ALLOWED_HOSTS does not hold the host of SITE_URL, so that every link in a message would fail.")

# --- Parts -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_structlog",
    "core",
    "accounts",
    "groups",
    "applications",
    "grants",
    "reports",
    "lsp_program",
]

MIDDLEWARE = [
    "core.health.HealthMiddleware",  # answers before hosts, HTTPS and sessions can refuse
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.AuditorAccessMiddleware",
    "core.middleware.PrivatePagesMiddleware",
    "core.middleware.RefusalMiddleware",
    "core.middleware.MethodMiddleware",
    "core.middleware.UploadsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "lsp_program.urls"
WSGI_APPLICATION = "lsp_program.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "core.templatetags.lsp"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database, queue, cache ------------------------------------------------------------------

DATABASES = {"default": database("MIGRATION_DATABASE_URL" if AS_OWNER else "DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = number("CONN_MAX_AGE", 60, 0, 86_400)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = address("REDIS_URL", ("redis", "rediss"), "redis://host:6379/0")
# Throttles and sessions live in PostgreSQL: people can log in while Redis is down.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True  # results are rows of ours
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = number("TASK_SECONDS", 120, 10, 3600)
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 15
CELERY_TIMEZONE = "America/Argentina/Buenos_Aires"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200  # bounds the memory that rendering leaves behind
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request never waits for the queue: it is a doorbell only, and the sweeper hears what it missed.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 1,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False

# --- Mail ------------------------------------------------------------------------------------

address(
    "EMAIL_URL",
    ("smtp", "smtp+tls", "smtp+ssl", "smtps"),
    "smtp+tls://user:password@mail.example.org:587",
)
_mail = env.email_url("EMAIL_URL")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _mail["EMAIL_HOST"],
            "port": _mail["EMAIL_PORT"] or 25,
            "username": _mail["EMAIL_HOST_USER"] or "",
            "password": _mail["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": _mail.get("EMAIL_USE_TLS", False),
            "use_ssl": _mail.get("EMAIL_USE_SSL", False),
            "timeout": 10,
        },
    }
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="").strip()
if "@" not in DEFAULT_FROM_EMAIL:
    if DEFAULT_FROM_EMAIL or HTTPS:
        refuse("DEFAULT_FROM_EMAIL is not set: the address that messages come from.")
    DEFAULT_FROM_EMAIL = "programme@localhost"

# --- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# How many proxies of ours stand in front: who knocks is then read from X-Forwarded-For, counted from the end, so
# that a forged header does not move the throttle.
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 0, 0, 10)
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "LSP"
# Staff decide on public money: a password alone is not enough. Only the demonstration may switch this off.
STAFF_SECOND_FACTOR = flag("STAFF_SECOND_FACTOR", default=True)
if not STAFF_SECOND_FACTOR and not DEMO:
    refuse("STAFF_SECOND_FACTOR=0 is for DEMO=1 only.")

# --- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "lsp_program" / "locale"]
FORMAT_MODULE_PATH = ["lsp_program.formats"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # money says its own separators (core.money)
TIME_ZONE = "America/Argentina/Buenos_Aires"  # the programme's clock

# --- Files -----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or BASE_DIR / "var" / "static")
_modules = BASE_DIR / "node_modules"
# Only the folders that pages use, and of these what lsp_program/static_files.py lets through.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", _modules / "bootstrap" / "dist" / "css"),
    ("htmx", _modules / "htmx.org" / "dist"),
    ("encode-sans", _modules / "@fontsource-variable" / "encode-sans" / "files"),
]
STATICFILES_FINDERS = ["lsp_program.static_files.OurFiles", "lsp_program.static_files.AppFiles"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("MEDIA_ROOT", default="") or BASE_DIR / "var" / "media"},
    },
    "staticfiles": {"BACKEND": "core.storage.StaticStorage"},
}
ICONS_DIR = _modules / "bootstrap-icons" / "icons"
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
# The virus scanner (ClamAV's clamd) that looks at every upload before anybody has it. Empty: none.
CLAMD_URL = env.str("CLAMD_URL", default="").strip()
if CLAMD_URL:
    try:
        clamd.place(CLAMD_URL)
    except ValueError:
        refuse("CLAMD_URL must look like tcp://clamav:3310 or unix:///run/clamav/clamd.sock, or be empty.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Safety ----------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.errors.csrf_failure"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Entering the browsers' own lists cannot be undone: for whoever owns the domain to decide, not for us.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
# The proxy overwrites X-Request-Start with the time of arrival; without a proxy the header is a stranger's word.
TRUST_REQUEST_START = flag("TRUST_REQUEST_START", default=False)

SITE_NAME = env.str("SITE_NAME", default="") or "Sistemas Productivos Locales"
SITE_LOGO = env.str("SITE_LOGO", default="")
# How the results page draws Argentina: its true outlines, or one tile for each province.
MAP = env.str("MAP", default="").strip() or "svg"
if MAP not in {"svg", "tiles"}:
    refuse("MAP must be svg or tiles.")

# --- Logs and errors -------------------------------------------------------------------------

import structlog  # noqa: E402  (after the checks, so that a missing setting is said first)

from core.logs import without_keys_in_reports, without_secrets  # noqa: E402

LOG_LEVEL = (env.str("LOG_LEVEL", default="") or "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    refuse("LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
                without_secrets,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        without_secrets,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # no personal data in the logs
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"

SENTRY_DSN = env.str("SENTRY_DSN", default="").strip()
if SENTRY_DSN:
    import sentry_sdk
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            dsn=SENTRY_DSN,
            send_default_pii=False,
            include_local_variables=False,  # a function's own names may hold a key, or a firm's sales
            before_send=without_keys_in_reports,
        )
    except BadDsn:
        refuse("SENTRY_DSN is not an address of Sentry's. Leave it empty to send no reports.")
