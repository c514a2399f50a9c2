# The image of web, workers and beat; compose.yaml says which is which. It holds no secret and no state.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --home-dir /app samizdat \
    && mkdir -p /app /var/lib/samizdat \
    && chown samizdat /var/lib/samizdat
WORKDIR /app

# Before the code, so that a change of code does not install everything anew. Hashes are checked.
COPY requirements.txt requirements-pgp.txt ./
RUN pip install --require-hashes -r requirements.txt -r requirements-pgp.txt

COPY config config
COPY db db
COPY staff staff
COPY mailer mailer
COPY payments payments
COPY wiring wiring
COPY worker worker
COPY web web
COPY words words
COPY wsgi.py pyproject.toml ./

USER samizdat
ENV STATE_DIR=/var/lib/samizdat FLASK_APP=wsgi
EXPOSE 8000
CMD ["gunicorn", "wsgi:app", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
