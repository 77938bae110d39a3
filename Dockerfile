# syntax=docker/dockerfile:1
# Three stages, so that the image that runs has neither Node nor build tools.

FROM node:22-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --loglevel=error

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /opt/havruta \
    && /opt/havruta/bin/pip install --quiet --require-hashes -r requirements.txt \
    && python -m venv /opt/tools \
    && /opt/tools/bin/pip install --quiet --require-hashes -r requirements-build.txt -r requirements.txt
COPY . .
COPY --from=browser /build/node_modules ./node_modules
RUN python deploy/vendor.py \
    && if find server/locale -name '*.po' 2>/dev/null | grep -q .; then \
        /opt/tools/bin/python -m babel.messages.frontend --quiet compile --domain messages --directory server/locale; fi \
    && /opt/tools/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/havruta/bin/pip install --quiet --no-deps dist/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --home-dir /data havruta \
    && install --directory --owner=havruta --group=havruta --mode=0700 /data
COPY --from=build /opt/havruta /opt/havruta
ENV PATH=/opt/havruta/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HAVRUTA_HOST=0.0.0.0 \
    HAVRUTA_PORT=8080 \
    HAVRUTA_DATA_DIR=/data
USER havruta
WORKDIR /data
VOLUME /data
EXPOSE 8080
# The image has no curl; Python is there anyway.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['HAVRUTA_PORT'] + '/healthz', timeout=2)"]
ENTRYPOINT ["havruta"]
CMD ["serve"]
