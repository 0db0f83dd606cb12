# One image for every process of talelio: serve, worker, migrate and the other operator commands.
# docs/deployment/overview.md says who builds it and what runs from it.

FROM python:3.11.15-slim-trixie AS packages
WORKDIR /build
COPY requirements.txt ./
# There is no compiler here: a package without a wheel for this machine fails the build.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --only-binary :all: \
        --require-hashes -r requirements.txt

# pg_dump, pg_restore and psql of the server's own version; an older pg_dump would refuse it. The
# same Debian release as below, for their libraries come along and the C library does not.
FROM postgres:18.4-trixie AS postgresql
COPY scripts/collect_programs.sh /usr/local/bin/
RUN /usr/local/bin/collect_programs.sh /opt/postgresql \
        /usr/lib/postgresql/18/bin/pg_dump \
        /usr/lib/postgresql/18/bin/pg_restore \
        /usr/lib/postgresql/18/bin/psql

FROM python:3.11.15-slim-trixie
# Memory of a decoded picture goes back to the system at once, instead of staying with the thread
# that needed it: docs/deployment/gunicorn.md has what was measured.
ENV TALELIO_ENV=production \
    PATH=/opt/venv/bin:/opt/postgresql/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=262144
COPY --from=packages /opt/venv /opt/venv
COPY --from=postgresql /opt/postgresql /opt/postgresql
WORKDIR /app
COPY alembic.ini ./
COPY migrations migrations
COPY scripts scripts
COPY talelio_backend talelio_backend

# Below what changes seldom: every commit has another revision.
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="talelio-backend-api" \
      org.opencontainers.image.description="Accounts, projects, articles and images of a site" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# /version reads the commit from REVISION. A label that tells another version than the code, or
# code that does not import here, fails the build.
RUN printf '%s\n' "$REVISION" > REVISION \
    && python -m compileall -q migrations talelio_backend \
    && python -c 'import sys; from talelio_backend import bootstrap, cli; sys.exit(bootstrap.VERSION != sys.argv[1])' "$VERSION"

USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT') or 8000}/livez\", timeout=4)"]
ENTRYPOINT ["python", "-m", "talelio_backend"]
CMD ["serve"]
