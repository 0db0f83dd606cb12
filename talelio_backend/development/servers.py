"""The embedded servers, for the supervisor and for test sessions alike.

    server = RedisServer(folder, password=..., log_file=...)
    server.start()        # returns when it answers; StartFailed says why not
    server.url, server.pid, server.alive()
    server.stop()

`launch` and `wait_ready` are the two halves of `start`. A server ends with the thread that started
it (Linux ties the wish to the thread, not to the process), so start it from the main thread.
"""
from talelio_backend.development.postgres import PostgresServer
from talelio_backend.development.process import StartFailed
from talelio_backend.development.redis_server import RedisServer
from talelio_backend.development.s3_server import S3Server

__all__ = ['PostgresServer', 'RedisServer', 'S3Server', 'StartFailed']
