"""Fictitious documents for the seed and the journey: a laboratory report in CDA R2, and a PDF.

Why it exists: the story needs a result as a laboratory's software would send it. Words are ours,
the persons do not exist, the codes are LOINC. It uses nothing of the product, so that what it sends
is judged, not assumed. Everything varies by argument: no clock, no randomness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True, slots=True)
class SamplePatient:
    """Whom a sample is about; `sex` is `F` or `M`, `birth_place` an INSEE code."""

    ins: str
    ins_root: str
    family_name: str
    given_names: tuple[str, ...]
    sex: str
    birth_date: date
    birth_place: str


@dataclass(frozen=True, slots=True)
class SampleLaboratory:
    """Who made the analyses: FINESS number, and the biologist who signs, by RPPS number."""

    name: str
    finess: str
    family_name: str
    given_name: str
    rpps: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """One line of results; `code` is LOINC, bounds are in `unit`."""

    code: str
    name: str
    method: str
    value: float
    unit: str
    low: float
    high: float

    @property
    def flag(self) -> str:
        """Return H above the reference interval, L below, N inside."""
        if self.value > self.high:
            return "H"
        return "L" if self.value < self.low else "N"


def thyroid_analyses(tsh: float, ft4: float) -> tuple[Analysis, ...]:
    """Return the two analyses of a thyroid check: TSH in mUI/L, free T4 in pmol/L."""
    return (
        Analysis("3016-3", "Thyréostimuline (TSH)", "Chimiluminescence", tsh, "mUI/L", 0.4, 4.0),
        Analysis(
            "14920-3", "Thyroxine libre (T4L)", "Chimiluminescence", ft4, "pmol/L", 11.0, 22.0
        ),
    )


_FLAGS = {"N": "normal", "H": "au-dessus des valeurs de référence", "L": "en dessous"}


def a_laboratory_report(
    patient: SamplePatient,
    laboratory: SampleLaboratory,
    *,
    number: int,
    sampled_at: datetime,
    analyses: Sequence[Analysis] = thyroid_analyses(1.95, 15.2),
    comment: str = "Bilan thyroïdien sans particularité. À contrôler dans un an.",
) -> bytes:
    """Write a laboratory report (type 11502-2) as CDA R2; `number` makes its identifiers unique."""
    written_at = sampled_at + timedelta(hours=5)
    sections = "".join(
        (
            _section("18719-5", "Biochimie", "", nested=_results(analyses)),
            _section("48767-8", "Conclusion du biologiste", _conclusion(comment, analyses)),
            _section("51848-0", "Prélèvement", _sample(sampled_at)),
        )
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="FR"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.2.8.2.1"/>
  <templateId root="1.2.250.1.213.1.1.1.1"/>
  <id root="2.25.77{number:012d}"/>
  <code code="11502-2" displayName="CR d'examens biologiques"
        codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"/>
  <title>Bilan thyroïdien</title>
  <effectiveTime value="{_time(written_at)}"/>
  <confidentialityCode code="N" displayName="Normal" codeSystem="2.16.840.1.113883.5.25"/>
  <languageCode code="fr-FR"/>
  <setId root="2.25.78{number:012d}"/>
  <versionNumber value="1"/>
  {_record_target(patient)}
  <author>
    <time value="{_time(written_at)}"/>
    <assignedAuthor>
      {_signatory(laboratory)}
      {_organisation(laboratory, "representedOrganization")}
    </assignedAuthor>
  </author>
  <custodian><assignedCustodian>
    {_organisation(laboratory, "representedCustodianOrganization")}
  </assignedCustodian></custodian>
  <legalAuthenticator>
    <time value="{_time(written_at)}"/><signatureCode code="S"/>
    <assignedEntity>
      {_signatory(laboratory)}
      {_organisation(laboratory, "representedOrganization")}
    </assignedEntity>
  </legalAuthenticator>
  <documentationOf><serviceEvent>
    <code code="18719-5" displayName="Biochimie" codeSystem="2.16.840.1.113883.6.1"/>
    <effectiveTime><low value="{_time(sampled_at)}"/><high value="{_time(written_at)}"/>
    </effectiveTime>
  </serviceEvent></documentationOf>
  <componentOf><encompassingEncounter>
    <code code="AMB" codeSystem="2.16.840.1.113883.5.4"/>
    <effectiveTime><low value="{_time(sampled_at)}"/></effectiveTime>
    <location><healthCareFacility>
      <code code="SA25" codeSystem="1.2.250.1.71.4.2.4"
            displayName="Laboratoire de biologie médicale"/>
      <location><name>{escape(laboratory.name)}</name></location>
    </healthCareFacility></location>
  </encompassingEncounter></componentOf>
  <component><structuredBody>{sections}</structuredBody></component>
</ClinicalDocument>
""".encode()


def _record_target(patient: SamplePatient) -> str:
    return f"""<recordTarget><patientRole>
    <id root={quoteattr(patient.ins_root)} extension={quoteattr(patient.ins)}/>
    <patient>
      <name><family qualifier="BR">{escape(patient.family_name)}</family>
        <given>{escape(" ".join(patient.given_names))}</given>
        <given qualifier="BR">{escape(patient.given_names[0])}</given></name>
      <administrativeGenderCode code="{patient.sex}" codeSystem="2.16.840.1.113883.5.1"/>
      <birthTime value="{patient.birth_date:%Y%m%d}"/>
      <birthplace><place><addr><county>{escape(patient.birth_place)}</county></addr></place>
      </birthplace>
    </patient>
  </patientRole></recordTarget>"""


def _signatory(laboratory: SampleLaboratory) -> str:
    return f"""<id root="1.2.250.1.71.4.2.1" extension="8{laboratory.rpps}"/>
      <code code="G15_10/SM03" displayName="Médecin - Biologie médicale (SM)"
            codeSystem="1.2.250.1.213.1.1.4.5"/>
      <assignedPerson><name><family>{escape(laboratory.family_name)}</family>
        <given>{escape(laboratory.given_name)}</given></name></assignedPerson>"""


def _organisation(laboratory: SampleLaboratory, tag: str) -> str:
    return (
        f'<{tag}><id root="1.2.250.1.71.4.2.2" extension="1{laboratory.finess}"/>'
        f"<name>{escape(laboratory.name)}</name></{tag}>"
    )


def _section(code: str, title: str, text: str, *, nested: str = "", entries: str = "") -> str:
    shown = f"<text>{text}</text>" if text else ""
    return (
        f'<component><section><code code="{code}" codeSystem="2.16.840.1.113883.6.1" '
        f"displayName={quoteattr(title)}/><title>{escape(title)}</title>"
        f"{shown}{entries}{nested}</section></component>"
    )


def _results(analyses: Sequence[Analysis]) -> str:
    rows = "".join(
        f'<tr><td><content ID="R{rank}">{escape(one.name)}</content><br/>'
        f'<content styleCode="Italics">{escape(one.method)}</content></td>'
        f'<td><content styleCode="Bold">{_french(one.value)} {escape(one.unit)}</content></td>'
        f"<td>{_french(one.low)} à {_french(one.high)} {escape(one.unit)}</td>"
        f"<td>{_FLAGS[one.flag]}</td></tr>"
        for rank, one in enumerate(analyses)
    )
    heads = ("Analyse", "Résultat", "Valeurs de référence", "Interprétation")
    table = (
        "<table><caption>Hormones thyroïdiennes</caption><thead><tr>"
        + "".join(f"<th>{head}</th>" for head in heads)
        + f"</tr></thead><tbody>{rows}</tbody></table>"
    )
    return _section("18719-5", "Bilan thyroïdien", table, entries=_entries(analyses))


def _entries(analyses: Sequence[Analysis]) -> str:
    return "".join(
        f'<entry typeCode="DRIV"><observation classCode="OBS" moodCode="EVN">'
        f'<code code="{one.code}" codeSystem="2.16.840.1.113883.6.1" '
        f"displayName={quoteattr(one.name)}/><statusCode code='completed'/>"
        f'<value xsi:type="PQ" value="{one.value}" unit={quoteattr(one.unit)}/>'
        f'<interpretationCode code="{one.flag}" codeSystem="2.16.840.1.113883.5.83"/>'
        f"</observation></entry>"
        for one in analyses
    )


def _conclusion(comment: str, analyses: Sequence[Analysis]) -> str:
    outside = [one.name for one in analyses if one.flag != "N"]
    summary = (
        "Hors des valeurs de référence : " + ", ".join(outside)
        if outside
        else "Tous les résultats sont dans les valeurs de référence."
    )
    return (
        f"<paragraph>{escape(comment)}</paragraph><paragraph>{escape(summary)}</paragraph>"
        "<list><item>Parlez de ces résultats avec le médecin qui a prescrit le bilan.</item>"
        "<item>Ne modifiez pas un traitement sans avis médical.</item></list>"
    )


def _sample(sampled_at: datetime) -> str:
    return (
        f"<paragraph>Prélèvement de sang veineux le {sampled_at:%d/%m/%Y} à "
        f"{sampled_at:%H h %M}, au laboratoire, à jeun.</paragraph>"
    )


def _french(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _time(instant: datetime) -> str:
    return instant.strftime("%Y%m%d%H%M%S%z")


_LINES_PER_PAGE = 46


def a_pdf_document(title: str, lines: Sequence[str]) -> bytes:
    """Write a PDF of A4 pages with a title and lines of text, in French (Windows-1252).

    Raises:
        UnicodeEncodeError: a character is outside Windows-1252.
    """
    starts = range(0, max(len(lines), 1), _LINES_PER_PAGE)
    pages = [lines[start : start + _LINES_PER_PAGE] for start in starts]
    kids = " ".join(f"{5 + 2 * rank} 0 R" for rank in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        _font("Helvetica"),
        _font("Helvetica-Bold"),
    ]
    for rank, page in enumerate(pages):
        drawn = _drawn(title if rank == 0 else f"{title} (suite)", page)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font "
            b"<< /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>" % (6 + 2 * rank)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    return _assembled(objects, title)


def _font(name: str) -> bytes:
    entries = f"/Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding"
    return f"<< {entries} >>".encode()


def _drawn(title: str, lines: Sequence[str]) -> bytes:
    shown = [b"BT /F2 16 Tf 56 780 Td (%s) Tj /F1 11 Tf 0 -12 Td 15 TL" % _literal(title)]
    shown += [b"T* (%s) Tj" % _literal(line) for line in lines]
    return b"\n".join([*shown, b"ET"])


def _literal(text: str) -> bytes:
    raw = text.encode("cp1252")
    return raw.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _assembled(objects: Sequence[bytes], title: str) -> bytes:
    info = b"<< /Title <%s> >>" % ("\ufeff" + title).encode("utf-16-be").hex().encode()
    content = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate([*objects, info], start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    size = len(offsets) + 1
    content += b"xref\n0 %d\n0000000000 65535 f \n" % size
    content += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    content += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (size, size - 1)
    return bytes(content + b"startxref\n%d\n%%%%EOF\n" % start)
