"""A small CDA R2 document with every part replaceable, and where the official samples are."""

import base64
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from chalicelib.identity.values import INS, OID_INS_NIR_TEST, Traits, parse_ins

REFERENCE = Path(__file__).parents[4] / "shared/reference"
MISSING = "the official samples are not on this machine"

# The official fictitious test patient of the samples.
DOMINIQUE_INS = parse_ins("279035121518989")
DOMINIQUE = Traits("PAT-TROIS", ("DOMINIQUE",), date(1979, 3, 28), "F", "51215")

A_TABLE = (
    "<table><thead><tr><th>Analyse</th><th>Résultat</th></tr></thead>"
    "<tbody><tr><td>TSH</td><td>1,95 mUI/l</td></tr></tbody></table>"
)
A_SECTION = ("Biochimie", A_TABLE)


def a_cda(
    *,
    ins: INS | str = DOMINIQUE_INS,
    traits: Traits = DOMINIQUE,
    type_code: str = "11502-2",
    title: str = "Compte rendu d'examens biologiques",
    sections: Sequence[tuple[str, str]] = (A_SECTION,),
    entries: str = "",
    body: str | None = None,
    effective: str = "20261120101500+0100",
    header: str = "",
    ins_root: str = OID_INS_NIR_TEST,
    number: int = 1,
) -> bytes:
    """Write a document; a section is a title and the XML of its narrative."""
    matricule = ins.matricule if isinstance(ins, INS) else ins
    structured = "".join(
        f"<component><section><code code='18719-5' codeSystem='2.16.840.1.113883.6.1' "
        f"displayName='Biochimie'/>{f'<title>{escape(name)}</title>' if name else ''}"
        f"<text>{text}</text>{entries}</section></component>"
        for name, text in sections
    )
    shown = body if body is not None else f"<structuredBody>{structured}</structuredBody>"
    born = traits.birth_date.strftime("%Y%m%d") if traits.birth_date else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <id root="1.2.250.1.213.1.1.9" extension="EXEMPLE-{number}"/>
  <code code={quoteattr(type_code)} codeSystem="2.16.840.1.113883.6.1" displayName="Compte rendu"/>
  <title>{escape(title)}</title><effectiveTime value="{effective}"/>
  <confidentialityCode code="N"/><languageCode code="fr-FR"/>
  <setId root="1.2.250.1.213.1.1.9" extension="LOT-{number}"/><versionNumber value="1"/>
  <recordTarget><patientRole><id root="{ins_root}" extension={quoteattr(matricule)}/><patient>
    <name><family qualifier="BR">{escape(traits.family_name)}</family>
    <given>{escape(" ".join(traits.given_names))}</given></name>
    <administrativeGenderCode code="{traits.sex}"/><birthTime value="{born}"/>
  </patient></patientRole></recordTarget>
  <author><time value="{effective}"/><assignedAuthor>
    <id root="1.2.250.1.71.4.2.1" extension="899700245667"/>
    <code code="G15_10/SM03" codeSystem="1.2.250.1.213.1.1.4.5"/>
    <assignedPerson><name><family>EXEMPLE</family><given>Camille</given></name></assignedPerson>
    <representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1750803447"/>
      <name>Laboratoire Exemple</name></representedOrganization></assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization>
    <id root="1.2.250.1.71.4.2.2" extension="1750803447"/><name>Laboratoire Exemple</name>
  </representedCustodianOrganization></assignedCustodian></custodian>
  {header}
  <component>{shown}</component>
</ClinicalDocument>""".encode()


def an_embedded(content: bytes, media_type: str) -> str:
    """Write the level 1 body that embeds a file."""
    encoded = base64.b64encode(content).decode()
    media = f'mediaType="{media_type}" representation="B64"'
    return f"<nonXMLBody><text {media}>{encoded}</text></nonXMLBody>"


def a_media_entry(key: str, content: bytes, media_type: str) -> str:
    """Write the entry that holds a file shown by `renderMultiMedia`."""
    encoded = base64.b64encode(content).decode()
    return (
        f'<entry><observationMedia classCode="OBS" moodCode="EVN" ID="{key}">'
        f'<value mediaType="{media_type}" representation="B64">{encoded}</value>'
        f"</observationMedia></entry>"
    )
