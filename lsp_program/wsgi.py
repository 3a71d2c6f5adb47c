"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lsp_program.settings")
application = get_wsgi_application()

from core import health, memory  # noqa: E402  (needs the apps)

health.refuse_unsafe_database()
memory.settle()
