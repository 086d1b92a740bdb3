"""Count what the service does, for Prometheus; nothing that was asked, nobody who asked."""

import re
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import Scope

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REQUESTS = Counter("esg_qa_requests_total", "Requests by route and status.", ["method", "route", "status"])
SECONDS = Histogram(
    "esg_qa_request_seconds",
    "Time to answer, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
ANSWERS = Counter("esg_qa_answers_total", "Answers by what they were.", ["status", "reason", "language", "approved"])
FEEDBACK = Counter("esg_qa_feedback_total", "Thumbs.", ["helpful"])
REFUSED = Counter("esg_qa_over_limit_total", "Requests refused because their address asked too often.")
DROPPED = Counter("esg_qa_questions_not_kept_total", "Questions that could not be kept for the staff.")
LOADED = Counter("esg_qa_snapshots_loaded_total", "Snapshots that a worker loaded.")
PASSAGES = Gauge("esg_qa_passages", "Passages of the snapshot that answers.", multiprocess_mode="livemax")

_CONVERTOR = re.compile(r":\w+}")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def count_request(scope: Scope, status: int, seconds: float) -> None:
    """Count a request by its route, so that addresses people make up cannot fill the memory."""
    route = route_of(scope)
    method = scope["method"] if scope["method"] in _METHODS else "other"
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def route_of(scope: Scope) -> str:
    """Name the route that took a request by its pattern, as in `/v1/passages/{id}`; `other`: none did."""
    pattern: str = getattr(scope.get("route"), "path", "other")
    return _CONVERTOR.sub("}", pattern)


def exposition(folder: Path | None) -> bytes:
    """Write all counts in Prometheus' text format; those of all workers when they share a folder."""
    if folder is None:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]  # the library's
    return generate_latest(registry)
