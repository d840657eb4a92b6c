"""Settings of gunicorn, which reads its own `PORT` and `WEB_CONCURRENCY` (processes).

One request runs at a time per process (`gateway.py`); the threads are there for what is slow, a
body that trickles in or an answer that trickles out. Bodies are bounded by the gateway.
"""

from typing import Final

from chalicelib.runtime.gateway import MAX_HEAD_BYTES

worker_class: Final = "gthread"
threads: Final = 16
# A process that is told to stop finishes the requests it has.
graceful_timeout: Final = 30
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
