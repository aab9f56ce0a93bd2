"""Every setting of the club, read from the environment in this one file.

With nothing set the club runs embedded: SQLite under var/, one process, mail to the console.
`DATABASE_URL` and `REDIS_URL` move it to PostgreSQL and Redis. A secret may be given as
`NAME_FILE`, the path of a file that holds it.
"""

import hashlib
import sys
import warnings
import zoneinfo
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


class Environment(environ.FileAwareEnv):
    """The process environment; `NAME_FILE` wins over `NAME`."""


env = Environment()
Environment.read_env(BASE_DIR / ".env", overwrite=False)

# --- The essentials -----------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# `make run` leaves this mark, so that commands typed beside a club that is being tried need no environment of their own.
# Whoever sets SECRET_KEY is in earnest, and whoever sets DEBUG is obeyed.
IS_BEING_TRIED = not SECRET_KEY and (VAR_DIR / "development").exists()
DEBUG = env.bool("DEBUG", default=IS_BEING_TRIED)
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY is not set and DEBUG is off: set SECRET_KEY (or SECRET_KEY_FILE) to a long random text.")
    SECRET_KEY = "only-for-development-never-for-a-club-with-members"  # noqa: S105

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if SITE_URL.startswith("https://") else [])
CLUB_NAME = env.str("CLUB_NAME", default="Clubroom")

INSTALLED_APPS = [
    "daphne",
    # First, because they make each app's permissions after its migrations, and our roles are given them then.
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "community",
    "insights",
    "cms",
    "codebooks",
    "focusgroups",
    "forum",
    "surveys",
    "surveys.survey_record.SurveyRecordConfig",
    "referrals",
    "points",
    "notifications",
    "live",
    "members",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "members.office.config.UsersSectionConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "ninja",
    "django.contrib.admin",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "community.content_policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "community.api.ProblemMiddleware",
    "community.bodies.BodyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "community.back_office.back_office_door",
    "allauth.account.middleware.AccountMiddleware",
    "community.last_seen.LastSeenMiddleware",
    "points.devices.DeviceMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cms.site_lookup.SiteMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "community.waiting.BusyMiddleware",
    "community.trying.OwnNotFoundMiddleware",
    "community.one_hop.one_hop",
]

ROOT_URLCONF = "community.urls"
ASGI_APPLICATION = "community.asgi.application"
WSGI_APPLICATION = "community.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "community.frame.frame",
            ],
            "libraries": {"humanize": "community.templatetags.moments"},
        },
    }
]

# --- Database, cache, background ----------------------------------------------------------------
VAR_DIR.mkdir(exist_ok=True)
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'clubroom.sqlite3'}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    # A process's writers take turns; IMMEDIATE makes writers wait instead of failing; FULL makes an acknowledged write survive a power cut.
    synchronous = env.str("SQLITE_SYNCHRONOUS", default="FULL")
    DATABASE["ENGINE"] = "community.sqlite3"
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000;",
    }
    # Opening the file costs more than most pages ask of it; a thread keeps it open.
    DATABASE["CONN_MAX_AGE"] = None
    # A file and not memory, so that threads and other processes of a test see the same rows.
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    pool_size = env.int("DATABASE_POOL_SIZE", default=8)
    DATABASE.setdefault("OPTIONS", {})
    if pool_size:
        DATABASE["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    # For members/cursors.py and the ledger's own cursor; false where a pooler lends the connection for a transaction and keeps none.
    DATABASE["OPTIONS"]["prepare_threshold"] = 5 if env.bool("DATABASE_PREPARES", default=True) else None
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")


def redis_name(database: dict[str, object], secret: str) -> str:
    """What a club is called in Redis, where others may live too: the same for all its processes, and for no other club's.

    By its secret key and its database: a copy of a club has another database, and two that were set up alike have other keys.
    """
    place = [str(database.get(part) or "") for part in ("ENGINE", "HOST", "PORT", "NAME")]
    return f"clubroom:{hashlib.sha256(chr(10).join([secret, *place]).encode()).hexdigest()[:16]}"


# Hints are heard across all of Redis's numbered databases, so that a number of one's own keeps no club apart.
REDIS_PREFIX = env.str("REDIS_PREFIX", default="") or redis_name(DATABASE, SECRET_KEY)
CACHES = {
    "default": {
        "BACKEND": "community.caching.PatientCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "clubroom"}
}
# Room traffic never goes through per-socket layer groups (docs/decisions/live-layer.md); Channels itself still wants a layer.
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- Members and signing in ---------------------------------------------------------------------
AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = [
    "members.backends.ClubBackend",
    "members.backends.AddressBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "members.signing_in.ClubAdapter"
ACCOUNT_FORMS = {
    "signup": "members.forms.JoinForm",
    "confirm_email_verification_code": "members.forms.ConfirmAddressForm",
    "confirm_login_code": "members.forms.SignInCodeForm",
    "confirm_password_reset_code": "members.forms.NewPasswordCodeForm",
}
MFA_ADAPTER = "members.signing_in.SecondStepAdapter"
MFA_FORMS = {
    "add_webauthn": "members.forms.PasskeyForm",
    "authenticate": "members.forms.SecondStepForm",
    "reauthenticate": "members.forms.SecondStepAgainForm",
    "activate_totp": "members.forms.AuthenticatorAppForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{CLUB_NAME}] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https://") else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TRUST_ENABLED = True
MFA_TOTP_ISSUER = CLUB_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
USERSESSIONS_TRACK_ACTIVITY = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("ALLAUTH_TRUSTED_PROXY_COUNT", default=0)
if env.bool("RATE_LIMITS_OFF", default=False):
    ACCOUNT_RATE_LIMITS = False
# W019: the back office previews the club's own pages in a frame. W021: whether to ask for preloading is the operator's word to give.
# templates.W003: our moments stand in for humanize on purpose.
SILENCED_SYSTEM_CHECKS = ["security.W019", "security.W021", "templates.W003"]

# --- Languages ----------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
# Some systems list more than places, and a browser that is asked for the hour at "localtime" gives up on all of them.
WAGTAIL_USER_TIME_ZONES = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
USE_TZ = True
FORMAT_MODULE_PATH = ["community.formats"]

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [
    ("survey-core", BASE_DIR / "node_modules" / "survey-core"),
    ("survey-js-ui", BASE_DIR / "node_modules" / "survey-js-ui"),
]
STATICFILES_DIRS = [entry for entry in STATICFILES_DIRS if entry[1].is_dir()]
STATICFILES_FINDERS = ["community.static_files.BrowserPackagesFinder", "community.static_files.AppsFinder"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
media_storage = env.str("MEDIA_URL_STORAGE", default="")
if media_storage:
    from community.media import storage_from_url

    STORAGES["default"] = storage_from_url(media_storage)
# The longest file that any form takes has 50 MiB; more of one request is not even read.
REQUEST_BODY_MAX_BYTES = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Mail ---------------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{CLUB_NAME} <club@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A newcomer with no mail server must still be able to confirm an address: with DEBUG on, mails can be read at /dev/mail/.
MAILBOX_DIR = Path(env.str("MAILBOX_DIR", default=str(VAR_DIR / "mail")))
if DEBUG:
    MAILBOX_NEXT_BACKEND = EMAIL_BACKEND  # type: ignore[used-before-def]  # noqa: F821
    if MAILBOX_NEXT_BACKEND.endswith(".console.EmailBackend"):
        MAILBOX_NEXT_BACKEND = "community.mailbox.PlainConsole"
    EMAIL_BACKEND = "community.mailbox.MailboxBackend"

# --- Security -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_ENGINE = "members.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "community.views.stale_form"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
    SESSION_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=True)
    CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE

# --- Wagtail ------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = CLUB_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "key", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS: list[dict] = []
TAGGIT_CASE_INSENSITIVE = True

# --- django-survey-and-report -------------------------------------------------------------------
CHOICES_SEPARATOR = "\n"
CSV_DIRECTORY = VAR_DIR / "csv"
TEX_DIRECTORY = VAR_DIR / "tex"
# Its flow charts need pandas, which the club does not carry; every start would say so.
warnings.filterwarnings("ignore", message="Cannot import 'sankey'")

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- The judge of surveys: survey-core in V8, in processes of its own -----------------------------
SURVEY_CORE_DIR = BASE_DIR / "node_modules" / "survey-core"
SURVEY_ENGINE_PROCESSES = env.int("SURVEY_ENGINE_PROCESSES", default=1)
SURVEY_ENGINE_SECONDS = env.float("SURVEY_ENGINE_SECONDS", default=3.0)

# --- The club's own limits ----------------------------------------------------------------------
POST_MAX_CHARACTERS = 16_384
# How fast a member may post, react and report (forum/pacing.py).
FORUM_PACING = not env.bool("RATE_LIMITS_OFF", default=False)
# The function that ranks a member's tier, for boards that open from a tier on: a number or an expression of the database.
TIER_RANK_OF_MEMBER = "points.standings.rank_of"
# What notifications are about, by kind: the functions that say how their reader may read it now.
SUBJECTS = {"post": "forum.subjects.posts", "thread": "forum.subjects.threads", "message": "forum.subjects.messages"}
ROOM_FRAME_MAX_BYTES = 16 * 1024
# Deeds of sockets that one transaction takes together; open sockets of one member in a process, of which the oldest goes.
LIVE_BATCH = env.int("LIVE_BATCH", default=64)
SOCKETS_PER_MEMBER = env.int("SOCKETS_PER_MEMBER", default=12)
# Only where a club's webhooks lead to machines of its own network.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=6_000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}, "django.request": {"level": "ERROR"}},
}

TESTING = "pytest" in sys.modules
