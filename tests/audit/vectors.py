"""Histories whole and damaged, with what must be found in each: judged here and by the client.

The tests of `web/` read `FILE`; when the format changes, put in it what `histories` makes.
"""

import copy
from pathlib import Path
from typing import Any, Final

from tests import double
from tests.audit.histories import Pages, look, proof, public_keys, seal
from tests.builders import Actor, Patient

FILE: Final = Path(__file__).parents[2] / "web" / "test" / "vectors" / "histories.json"


def histories(person: Patient, doctor: Actor) -> dict[str, Any]:
    """Make every history; each names its pages, the head seen before, and what must be found."""
    look(person.principal, person.pid, times=2)
    look(doctor.principal, person.pid, times=3)
    seal(person.pid)
    yesterday = double.snapshot()
    earlier = proof(person)
    look(doctor.principal, person.pid, times=4)
    seal(person.pid)
    whole = proof(person)
    cases = {"whole": _case(whole, seen=earlier), "waiting": _case(proof(person))}
    cases |= _damaged(whole)
    double.restore(yesterday)
    cases["rolled back"] = _case(earlier, "rolled-back", seen=whole)
    look(person.principal, person.pid, times=8)
    seal(person.pid)
    cases["written again since"] = _case(proof(person), "forked", seen=whole)
    return {"patient": person.pid, "keys": public_keys()["keys"], "cases": cases}


def _damaged(whole: Pages) -> dict[str, Any]:
    def damaged() -> tuple[Pages, list[dict[str, Any]]]:
        pages = copy.deepcopy(whole)
        return pages, pages[0]["items"]

    cases = {}
    pages, items = damaged()
    items[4]["trace"]["actor_name"] = "Dr Jean AUTRE"
    cases["altered"] = _case(pages, "altered")
    pages, items = damaged()
    items[4]["trace"] = None
    cases["a trace deleted"] = _case(pages, "gone")
    pages, items = damaged()
    del items[3]
    cases["a place deleted"] = _case(pages, "missing", "order", "chain", "root", "cut-off")
    pages, items = damaged()
    del items[-1]
    cases["cut"] = _case(pages, "missing", "root", "cut-off")
    pages, items = damaged()
    items[2], items[5] = items[5], items[2]
    cases["reordered"] = _case(pages, "order", "chain", "root", "archive")
    pages, items = damaged()
    items.append(items[-1])
    cases["repeated"] = _case(pages, "extra", "order", "repeated", "chain", "root")
    pages, _ = damaged()
    pages[0]["checkpoint"]["sealed_at"] = "2020-01-01T00:00:00.000Z"
    cases["dated otherwise"] = _case(pages, "signature")
    pages, _ = damaged()
    pages[0]["checkpoint"]["key_id"] = "seal-9999"
    cases["signed by nobody known"] = _case(pages, "key")
    pages, _ = damaged()
    pages[0]["lag_seconds"] = 601.0
    cases["late"] = _case(pages, "late")
    return cases | _archives(whole)


def _archives(whole: Pages) -> dict[str, Any]:
    """What somebody who may write in the archive, and sign nothing, can do to a proof (A47)."""
    leaf, other = whole[0]["items"][3]["leaf"], "0" * 64

    def with_stranger(*findings: str, **stranger: Any) -> dict[str, Any]:
        pages = copy.deepcopy(whole)
        pages[0]["strangers"] = [{"seq": 3, "leaf": other, "is_read": True} | stranger]
        return _case(pages, *findings)

    hidden = with_stranger("unproven")
    hidden["pages"][0]["archived"] = None
    return {
        "a stranger in a place": with_stranger(),
        "a stranger beyond the end": with_stranger(seq=999_999_999_999),
        "a stranger of no place": with_stranger(seq=None, leaf=""),
        "a place that does not read": with_stranger("unproven", leaf=leaf),
        "a stranger that the archive refuses": with_stranger("unproven", seq=90, is_read=False),
        "strangers before every head": hidden,
    }


def _case(pages: Pages, *findings: str, seen: Pages | None = None) -> dict[str, Any]:
    return {"pages": pages, "seen": seen, "findings": sorted(findings)}
