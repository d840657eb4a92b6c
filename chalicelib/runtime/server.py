"""Settings of gunicorn, which reads its own `PORT` and `WEB_CONCURRENCY` (processes).

One request runs at a time per process (`gateway.py`); the threads are those that wait for their
turn. Requests are gathered, and answers leave, without one (`worker.py`).
"""

from typing import Final

from chalicelib.runtime.gateway import MAX_HEAD_BYTES
from chalicelib.runtime.server_log import ServerLog
from chalicelib.runtime.worker import Worker

worker_class: Final = Worker
logger_class: Final = ServerLog
threads: Final = 32
# Connections of one process: with those that are closing, and our own, fewer than 1 024 files.
worker_connections: Final = 500
# A process that is told to stop finishes the requests it has.
graceful_timeout: Final = 30
# Of a process that no longer turns, not of a request.
timeout: Final = 60
keepalive: Final = 5
limit_request_line: Final = 8190
limit_request_fields: Final = 64
# One byte more than all headers may have together: the gateway says so in its own words.
limit_request_field_size: Final = MAX_HEAD_BYTES + 1
# Names with underscores would pass for others.
header_map: Final = "drop"
# Who is behind a proxy is for the proxy to log: addresses are not ours to keep.
accesslog: Final = None
control_socket_disable: Final = True
