# The image of Parley. From the source tree:   docker build -t parley .
# What is installed stands in requirements.lock, by version and hash; nothing is compiled.

FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /src

# The libraries first: this layer is built again only when a lock changes.
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/python -m pip install --require-hashes -r requirements-build.lock \
    && python -m venv /opt/parley \
    && /opt/parley/bin/python -m pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE .env.example ./
COPY config config
COPY monitor monitor
RUN /opt/build/bin/python -m hatchling build -t wheel -d /dist \
    && /opt/parley/bin/python -m pip install --no-deps --no-index /dist/*.whl

# What a first start would work out in ten seconds. -P: of the package as installed, not of /src.
RUN /opt/parley/bin/python -P -m monitor.app.seed


FROM python:3.13-slim

LABEL org.opencontainers.image.title="Parley" \
      org.opencontainers.image.description="Watches news feeds and says when the state of affairs changes" \
      org.opencontainers.image.licenses="MIT"

# Parley's own account, and a data folder that a fresh volume takes its owner from.
RUN groupadd --gid 10001 parley \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin parley \
    && install -d -o 10001 -g 10001 -m 0750 /data

COPY --from=build /opt/parley /opt/parley
COPY config /config

# 0.0.0.0 is the container's own address; what reaches it from outside is said where it is started.
ENV PATH=/opt/parley/bin:$PATH \
    PARLEY_DATA=/data \
    PARLEY_LISTEN=0.0.0.0:8420 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# Commands look for ./config: from here that is /config.
WORKDIR /
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8420
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["parley", "healthcheck"]
ENTRYPOINT ["parley"]
CMD ["run"]
