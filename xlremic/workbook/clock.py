"""When a workbook was made."""

import os
from datetime import UTC, datetime

SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH"


def written_at() -> datetime:
    """The time to write into a workbook, UTC.

    Where ``SOURCE_DATE_EPOCH`` is set (seconds since 1970, reproducible-builds.org), it is that time, so that the same
    build twice gives the same file.
    """
    epoch = os.environ.get(SOURCE_DATE_EPOCH, "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)


def minute(at: datetime) -> str:
    """A moment as it stands on a sheet: 25 Nov 2026 09:05 UTC."""
    return at.strftime("%d %b %Y %H:%M UTC").lstrip("0")
