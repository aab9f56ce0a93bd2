#!/usr/bin/env python
"""The command line of the club: `manage.py help` lists what it can do."""

import gc
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
    # All that is loaded now stays: looking through it for rubbish would cost a sixth of every start. `community.apps` turns it on again.
    gc.disable()
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.INSTALLED_APPS  # noqa: B018 - read first: whoever set something wrong is told in a line, not where it hurts later
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    try:
        execute_from_command_line(sys.argv)
    except SystemExit as leaving:
        # argparse leaves with 2 for words it cannot read; a caller of ours is told one thing, that it failed.
        sys.exit(1 if leaving.code == 2 else leaving.code)


if __name__ == "__main__":
    main()
