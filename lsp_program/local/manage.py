"""manage.py with the fixed settings of the tests, for what needs no site: building the image, the catalogues, docs.

What the environment says already (the servers that lsp_program.local.testing started) stays.
"""

import os
import sys

from lsp_program.local.environment import for_tests

if __name__ == "__main__":
    os.environ.update({**for_tests(), **os.environ, "DJANGO_SETTINGS_MODULE": "lsp_program.settings"})

    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *sys.argv[1:]])
