"""The container's entry point: `gunicorn --workers N --threads 1 chalicelib.runtime.wsgi`."""

from typing import Final

from app import app
from chalicelib.runtime.gateway import Gateway

application: Final = Gateway(app)
