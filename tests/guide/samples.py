"""The files that the guide of integrators gives, and what they are made from."""

from datetime import UTC, date, datetime
from pathlib import Path

from infra.local.sample_documents import SampleLaboratory, SamplePatient, a_laboratory_report

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "depositing.md").read_text(encoding="utf-8")
EXAMPLES = DOCS / "examples"


def result(number: int = 20251103) -> bytes:
    """Write the sample result, whose number makes it another document."""
    patient = SamplePatient(
        ins="279035121518989",
        ins_root="1.2.250.1.213.1.4.10",
        family_name="PAT-TROIS",
        given_names=("DOMINIQUE", "MARIE-LOUISE"),
        sex="F",
        birth_date=date(1979, 3, 28),
        birth_place="51215",
    )
    laboratory = SampleLaboratory(
        "Laboratoire Exemple", "750803447", "EXEMPLE", "Camille", "99700300017"
    )
    sampled = datetime(2025, 11, 3, 7, 30, tzinfo=UTC)
    return a_laboratory_report(patient, laboratory, number=number, sampled_at=sampled)
