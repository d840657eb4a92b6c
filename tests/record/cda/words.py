"""Counts words of a narrative twice, without any code of the product.

One side reads the raw XML with the standard library; the other reads the JSON sent to the client.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

HL7 = "{urn:hl7-org:v3}"


def words_of_narrative(content: bytes) -> Counter[str]:
    """Count the words of every section's title and text."""
    counted: Counter[str] = Counter()
    tree = ET.fromstring(content)  # noqa: S314  our own samples
    for section in tree.iter(HL7 + "section"):
        for part in [*section.findall(HL7 + "title"), *section.findall(HL7 + "text")]:
            for element in part.iter():
                counted.update((element.text or "").split())
                if element is not part:
                    counted.update((element.tail or "").split())
    return counted


def words_on_screen(body: dict[str, Any]) -> Counter[str]:
    """Count the words the client draws: section titles, and texts of runs."""
    counted: Counter[str] = Counter()
    for node in nodes(body):
        if node["type"] == "section":
            counted.update(node["title"].split())
        elif node["type"] == "text":
            counted.update(node["text"].split())
    return counted


def nodes(value: Any) -> list[dict[str, Any]]:
    """List every typed node of a body, in order."""
    found = []
    if isinstance(value, dict):
        if "type" in value:
            found.append(value)
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            found += nodes(item)
    return found


def rows_on_screen(body: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """List the rows of every table, those inside other tables included."""
    tables = [node for node in nodes(body) if node["type"] == "table"]
    return [row for table in tables for part in ("head", "body", "foot")
            for row in table.get(part, [])]  # fmt: skip
