"""The WSGI entry for servers that import an application by name; the only module of the package
that does something when it is imported."""

import os

from talelio_backend.bootstrap import AREAS, create_app
from talelio_backend.settings import Settings

app = create_app(Settings.load(os.environ, known_areas=AREAS))
