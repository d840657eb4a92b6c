"""Amend moto where it spends most of its time copying and naming; it answers as before.

A transaction keeps what it may put back without copying each item of its tables once for each of
its writes, attributes go on the wire as they are kept, items are weighed once, streams weigh none,
and names are made once. Expressions: `tests.expressions`. To be removed when moto does it.
"""

import base64
import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Final
from unittest.mock import patch

from moto.core import responses
from moto.core.serialize import (
    AttributePickerContext,
    BaseJSONSerializer,
    ResponseSerializer,
    XFormedAttributePicker,
)
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models import table as tables
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from tests import expressions

_MOST: Final = 405_000  # bytes of an item, as moto has it
_real_update: Final = DynamoDBBackend.update_item
_real_structure: Final = BaseJSONSerializer._serialize_type_structure
_real_map: Final = BaseJSONSerializer._serialize_type_map
_real_value: Final = ResponseSerializer.get_value
_real_cast: Final = DynamoType.cast_value.fget  # type: ignore[attr-defined]  # a property
_real_copy: Final = DynamoType.__deepcopy__


@contextmanager
def applied() -> Iterator[None]:
    """Apply the amendments until the end of the block."""
    with ExitStack() as stack:
        for replaced in (
            patch.object(Table, "__deepcopy__", _kept, create=True),
            patch.object(DynamoDBBackend, "update_item", _update_item),
            patch.object(BaseJSONSerializer, "_serialize_type_structure", _structure),
            patch.object(BaseJSONSerializer, "_serialize_type_map", _map),
            patch.object(ResponseSerializer, "get_value", _value),
            patch.object(Item, "__init__", _fill),
            patch.object(DynamoType, "cast_value", property(_cast)),
            patch.object(Table, "all_items", _all_items),
            patch.object(DynamoType, "__deepcopy__", _copied),
            patch.object(tables, "dynamo_json_dump", lambda _: ""),  # for its length alone
            expressions.applied(),
        ):
            stack.enter_context(replaced)
        for name in ("camelcase_to_underscores", "method_names_from_class"):
            stack.enter_context(patch.object(responses, name, cache(getattr(responses, name))))
        yield


def _kept(table: Any, memo: dict[int, Any]) -> Any:
    """Return a table with the same items in folders of its own: items are replaced, not changed."""
    kept = copy.copy(table)
    memo[id(table)] = kept
    kept.items = defaultdict(dict, {key: rows.copy() for key, rows in table.items.items()})
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.table = kept
        kept.stream_shard.items = list(table.stream_shard.items)
    return kept


def _update_item(self: Any, table_name: str, key: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    """Update a copy of the item, for the one there may be kept elsewhere."""
    table = self.get_table(table_name)
    whole, part = (DynamoType(key[name]) for name in (table.hash_key_attr, table.range_key_attr))
    before = table.get_item(whole, part)
    if before is not None:
        table.items[whole][part] = copy.deepcopy(before)
    return _real_update(self, table_name, key, *args, **kwargs)


def _fill(self: Any, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    """Weigh an item when it is whole, not once for each of its attributes."""
    self.hash_key, self.range_key, self.attrs = hash_key, range_key, LimitedSizeDict()
    for name, value in attrs.items():
        dict.__setitem__(self.attrs, name, DynamoType(value))
    if self.size() > _MOST:
        raise ItemSizeTooLarge


def _cast(self: Any) -> Any:
    """Return what a value is compared by: a text by itself, which moto finds out last."""
    return self.value if self.type == "S" else _real_cast(self)


def _all_items(self: Any) -> list[Any]:
    """Return the items of a table by their keys, which are two texts."""
    items = [item for rows in self.items.values() for item in rows.values()]
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    """Copy what holds several values; one that holds a text or a number is never changed."""
    return _real_copy(value, memo) if isinstance(value.value, dict | list) else value


def _structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue" and key and isinstance(value, dict):
        self._default_serialize(serialized, _wire(value), shape, key)
    else:
        _real_structure(self, serialized, value, shape, key)


def _map(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.value.name == "AttributeValue" and all(
        isinstance(one, dict) for one in value.values()
    ):
        item = {name: _wire(one) for name, one in value.items()}
        self._default_serialize(serialized, item, shape, key)
    else:
        _real_map(self, serialized, value, shape, key)


def _value(self: Any, value: Any, key: str, shape: Any) -> Any:
    """Look for a member of a result under the names that it may have, made once."""
    picker = self._value_picker
    if type(value) is not dict or type(picker) is not XFormedAttributePicker:
        return _real_value(self, value, key, shape)
    if picker.response_transformers:
        return _real_value(self, value, key, shape)
    return next((value[name] for name in _names(shape, key) if name in value), None)


@cache
def _names(shape: Any, key: str) -> tuple[str, ...]:
    return tuple(XFormedAttributePicker().get_possible_keys(AttributePickerContext({}, key, shape)))


def _wire(value: dict[str, Any]) -> dict[str, Any]:
    ((name, held),) = value.items()
    if name == "M":
        return {name: {key: _wire(one) for key, one in held.items()}}
    if name == "L":
        return {name: [_wire(one) for one in held]}
    if name == "B":
        return {name: _text(held)}
    if name == "BS":
        return {name: [_text(one) for one in held]}
    return value


def _text(held: bytes | str) -> str:
    return base64.b64encode(held).decode() if isinstance(held, bytes) else _text(held.encode())
