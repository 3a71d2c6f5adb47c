"""The web server, in the image and in the demonstration. Its address and its number of processes come by option."""

worker_class = "gthread"
threads = 4
# A request that takes longer than this has lost its way; long work belongs to a worker.
timeout = 30
graceful_timeout = 20
keepalive = 5
# A process starts afresh now and then, not all at once: what leaks is bounded.
max_requests = 5000
max_requests_jitter = 500
# The settings are checked once, before any process is made: a refusal is one line, and the start ends.
preload_app = True
accesslog = None
errorlog = "-"
loglevel = "warning"
# Nothing outside this folder is written, and nobody steers a server by a socket.
control_socket_disable = True
