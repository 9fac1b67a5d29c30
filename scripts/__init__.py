"""What `make` calls. The standard library is enough for everything up to the installed server."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Tinkuy needs Python 3.11 or newer and this is %d.%d: name a newer one, as in "
        "`make run PYTHON=python3.12`." % sys.version_info[:2]
    )
