"""Google's own words for a refusal: every error the emulator answers has the body the real service sends."""

from __future__ import annotations

from typing import Any

#: google.rpc status names by HTTP code.
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}

#: What Google says when it says nothing more precise.
MESSAGES = {
    400: "Request contains an invalid argument.",
    401: (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    ),
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}


class ApiError(Exception):
    """A refusal on its way to the client."""

    def __init__(self, code: int, message: str = "", details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message or MESSAGES.get(code, "Unknown Error."))
        self.code = code
        self.details = details

    @property
    def message(self) -> str:
        return str(self.args[0])

    def body(self) -> dict[str, Any]:
        """Sheets sends no ``errors[]``, unlike Drive."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        error["status"] = STATUSES.get(self.code, "UNKNOWN")
        if self.details:
            error["details"] = self.details
        return {"error": error}


class InvalidError(ApiError, ValueError):
    """400 INVALID_ARGUMENT with the reason; for the owner's hands, what the interface does not let him do."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


def unknown_name(name: str, where: str) -> ApiError:
    """The JSON transcoder's complaint about a field the message type does not have."""
    text = f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
    violation = {"field": where, "description": text}
    return ApiError(400, text, [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}])


def quota_exceeded(kind: str, limit: int) -> ApiError:
    """The per-minute-per-user quota of ``kind`` ("Read" or "Write") is used up; Google sends no Retry-After."""
    metric = f"{kind} requests"
    name = f"{kind} requests per minute per user"
    text = (
        f"Quota exceeded for quota metric '{metric}' and limit '{name}' of service 'sheets.googleapis.com' "
        "for consumer 'project_number:100000000000'."
    )
    metadata = {
        "service": "sheets.googleapis.com",
        "consumer": "projects/100000000000",
        "quota_location": "global",
        "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
        "quota_limit": f"{kind}RequestsPerMinutePerUser",
        "quota_limit_value": str(limit),
        "quota_unit": "1/min/{project}/{user}",
    }
    link = {
        "description": "Request a higher quota limit.",
        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
    }
    return ApiError(
        429,
        text,
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": metadata,
            },
            {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]},
        ],
    )
