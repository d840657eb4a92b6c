"""Reading a FHIR resource, element by element: nothing of it is lost without a word.

What is not read is refused by its path, and everything wrong is said at once. Pure.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from chalicelib.core.errors import FieldError, Invalid

# Of any resource: what it says of itself, and what a server may leave out (R4, resource.html).
_OF_ANY: Final = frozenset({"resourceType", "id", "text", "language"})
# Its security and tags would be lost.
_OF_META: Final = ("profile", "source", "versionId", "lastUpdated")
_NAMES: Final[Mapping[type, str]] = {str: "string", dict: "object", list: "array"}

T = TypeVar("T")


class Reader:
    """One JSON object inside a resource; `path` is its FHIRPath."""

    def __init__(self, value: Mapping[str, Any], path: str, errors: list[FieldError]) -> None:
        """Take an object, and where what is wrong with it is to be noted."""
        self.path = path
        self._value = value
        self._errors = errors
        self._read: set[str] = set()

    @classmethod
    def of(cls, resource: Mapping[str, Any], kind: str) -> "Reader":
        """Begin to read a resource of one type."""
        return cls({}, "", []).inside(resource, kind, kind)

    def inside(self, resource: Mapping[str, Any], kind: str, path: str) -> "Reader":
        """Read a resource inside this one, what is wrong with it told with the rest."""
        reader = Reader(resource, path, self._errors)
        reader.leave(*_OF_ANY)
        if resource.get("resourceType") != kind:
            reader.refuse("resourceType", "fhir_value", expected=kind)
        meta = reader.object("meta")
        if meta is not None:
            meta.leave(*_OF_META)
            meta.close()
        return reader

    def profiles(self) -> Sequence[object]:
        """Return the profiles that a resource says it has."""
        meta = self._value.get("meta")
        said = meta.get("profile") if isinstance(meta, dict) else None
        return said if isinstance(said, list) else ()

    def place(self, name: str) -> str:
        """Return the FHIRPath of an element."""
        return f"{self.path}.{name}"

    def refuse(self, name: str, code: str, **params: str | float) -> None:
        """Note that an element is wrong."""
        self._errors.append(FieldError(self.place(name), code, params))

    def resource(self, name: str) -> Mapping[str, Any]:
        """Return a resource inside this one, as it came; an empty one if it is not there."""
        return self._typed(name, dict, required=True) or {}

    def has(self, name: str) -> bool:
        """Tell whether an element is there."""
        return name in self._value

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Return a string, or None if it is not there or is none."""
        return self._typed(name, str, required=required)

    def code(self, name: str, allowed: Collection[str], *, required: bool = True) -> str | None:
        """Return one of the codes supported here."""
        found = self.text(name, required=required)
        if found is not None and found not in allowed:
            self.refuse(name, "fhir_value", expected=", ".join(allowed))
            return None
        return found

    def number(self, name: str, *, required: bool = True) -> Decimal | None:
        """Return a decimal, with the figures it was written with."""
        self._read.add(name)
        found = self._value.get(name)
        if isinstance(found, int | Decimal) and not isinstance(found, bool):
            return Decimal(found)
        if found is not None:
            self.refuse(name, "fhir_type", expected="decimal")
        elif required:
            self.refuse(name, "missing")
        return None

    def object(self, name: str, *, required: bool = False) -> "Reader | None":
        """Return an object inside this one."""
        found = self._typed(name, dict, required=required)
        return None if found is None else Reader(found, self.place(name), self._errors)

    def objects(
        self, name: str, *, required: bool = False, most: int | None = None
    ) -> list["Reader"]:
        """Return the objects of an array; beyond `most` they are refused."""
        found = self._typed(name, list, required=required) or []
        readers = []
        for place, one in enumerate(found):
            where = f"{name}[{place}]"
            if not isinstance(one, dict):
                self.refuse(where, "fhir_type", expected="object")
            elif most is not None and place >= most:
                self.refuse(where, "fhir_unsupported")
            else:
                readers.append(Reader(one, self.place(where), self._errors))
        return readers

    def leave(self, *names: str) -> None:
        """Leave elements that say nothing more here, whatever they say."""
        self._read.update(names)

    def forbid(self, *names: str) -> None:
        """Refuse elements that a profile does not allow."""
        for name in names:
            if self.has(name):
                self.refuse(name, "fhir_forbidden")
        self._read.update(names)

    def close(self) -> None:
        """Refuse what was not read of this object."""
        for name in self._value.keys() - self._read:
            self.refuse(name[:64], "fhir_unsupported")

    def check(self, others: Callable[[], Iterable[FieldError]] = tuple) -> None:
        """End the reading; `others`: what rules find wrong in what could be read, if not all could.

        What they miss where something is wrong already is not missing.

        Raises:
            Invalid: everything that is wrong.
        """
        if not self._errors:
            return
        known = [one.pointer for one in self._errors]
        told = [
            *self._errors,
            *(one for one in others() if one.code != "missing" or not _is_among(one, known)),
        ]
        raise Invalid(errors=tuple(sorted(told, key=lambda one: one.pointer)))

    def _typed(self, name: str, kind: type[T], *, required: bool) -> T | None:
        self._read.add(name)
        found = self._value.get(name)
        if isinstance(found, kind) and found:
            return found
        if name in self._value:  # null, or empty, is as wrong as another type (R4, json.html)
            self.refuse(name, "fhir_type", expected=_NAMES[kind])
        elif required:
            self.refuse(name, "missing")
        return None


def _is_among(error: FieldError, known: Iterable[str]) -> bool:
    where = error.pointer
    return any(one.startswith(where) or where.startswith(one) for one in known)


def placed(refused: Invalid, places: Mapping[str, str]) -> Invalid:
    """Return what a use case refuses, with the place that each of its pointers has in a resource.

    The longest pointer that fits is taken.
    """
    if not refused.errors:
        return refused
    moved = []
    for error in refused.errors:
        fits = [known for known in places if f"{error.pointer}/".startswith(f"{known}/")]
        where = places[max(fits, key=len)] if fits else error.pointer.strip("/").replace("/", ".")
        moved.append(FieldError(where, error.code, error.params))
    moved_to = Invalid(refused.slug, errors=tuple(moved))
    moved_to.extra = refused.extra
    return moved_to
