"""The container's entry point, which gunicorn loads (`server.py`)."""

from typing import Final

from app import app
from chalicelib.runtime.gateway import Gateway

application: Final = Gateway(app)
