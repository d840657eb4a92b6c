"""Parts of bodies that several domains answer with, as JSON."""

from typing import Literal

from pydantic import Field

from chalicelib.http.endpoint import Schema
from chalicelib.storage.antivirus import Verdict


class AntivirusOut(Schema):
    """What the scanner said when a file came; `not_scanned` where there was none."""

    verdict: Literal["not_scanned", "clean"]
    engine: str | None = Field(
        description="Its name, version and that of its signatures; null if there was none.",
        examples=["ClamAV 1.4.6/27500"],
    )


def antivirus_out(said: Verdict) -> AntivirusOut:
    """Write what a scanner said of a file that came in."""
    return AntivirusOut.model_validate({"verdict": said.verdict, "engine": said.engine})
