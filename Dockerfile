# One image for every process of ours: the command says which (python -m workers, python -m api, orderloom ...).
FROM python:3.11.13-slim-bookworm AS built
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/orderloom
ENV PATH=/opt/orderloom/bin:$PATH
WORKDIR /source
# Dependencies change seldom and the source often: they are layers of their own.
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY activities activities
COPY workflows workflows
COPY workers workers
COPY api api
COPY ops ops
RUN pip install --no-deps --no-build-isolation --no-index . && python -m compileall -q /opt/orderloom/lib

FROM python:3.11.13-slim-bookworm
LABEL org.opencontainers.image.title="orderloom" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=built /opt/orderloom /opt/orderloom
ENV PATH=/opt/orderloom/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ORDERLOOM_DATA_DIR=/var/lib/orderloom ORDERLOOM_API_HOST=0.0.0.0 ORDERLOOM_WORKER_METRICS_HOST=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /var/lib/orderloom --create-home orderloom
USER 10001
WORKDIR /var/lib/orderloom
VOLUME /var/lib/orderloom
EXPOSE 8400 8401
# The API's by default; docker-compose.yml gives the workers theirs.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8400/v1/health', timeout=4)"]
CMD ["python", "-m", "api"]
