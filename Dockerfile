# One image for web, worker and scheduler. Its steps are those of `make demo` (a test compares them).
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gettext nodejs npm \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m pip install -qq --disable-pip-version-check --root-user-action=ignore --target .uv uv
COPY .python-version requirements.txt ./
RUN .uv/bin/uv venv --quiet --python '>=3.12,<3.15' .venv \
    && .uv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes --no-cache requirements.txt
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent --ignore-scripts --omit=dev
COPY . .
RUN if [ -d lsp_program/locale ]; then .venv/bin/python -m lsp_program.local.manage compilemessages --verbosity=0 \
        --ignore=.venv --ignore=.uv --ignore=node_modules --ignore=var; fi \
    && STATIC_ROOT=/app/static-files .venv/bin/python -m lsp_program.local.manage collectstatic --no-input --verbosity=0 \
    && rm -rf .uv

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin lsp \
    && install --directory --owner=lsp --mode=0700 /data/media
COPY --from=build /app /app
WORKDIR /app
# The root file system may be read-only: what is written goes to /data (kept) and /tmp (not kept).
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp \
    STATIC_ROOT=/app/static-files \
    MEDIA_ROOT=/data/media
USER 10001
VOLUME /data/media
EXPOSE 8000
CMD ["gunicorn", "--config", "docker/gunicorn.conf.py", "--workers", "2", "--worker-tmp-dir", "/tmp", "--bind", "0.0.0.0:8000", "lsp_program.wsgi"]
