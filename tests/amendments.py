"""Amend moto where it spends most of its time copying and naming; it answers as before.

A transaction keeps what it may put back without copying each item of its tables once for each of
its writes, attributes go on the wire as they are kept, and names are made once. To be removed when
moto does it.
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
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_real_update: Final = DynamoDBBackend.update_item
_real_structure: Final = BaseJSONSerializer._serialize_type_structure


@contextmanager
def applied() -> Iterator[None]:
    """Apply the amendments until the end of the block."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(Table, "__deepcopy__", _kept, create=True))
        stack.enter_context(patch.object(DynamoDBBackend, "update_item", _update_item))
        structure = patch.object(BaseJSONSerializer, "_serialize_type_structure", _structure)
        stack.enter_context(structure)
        for name in ("camelcase_to_underscores", "method_names_from_class"):
            stack.enter_context(patch.object(responses, name, cache(getattr(responses, name))))
        yield


def _kept(table: Any, memo: dict[int, Any]) -> Any:
    """Return a table with the same items in folders of its own: items are replaced, not changed."""
    kept = copy.copy(table)
    memo[id(table)] = kept
    kept.items = defaultdict(dict, {key: dict(rows) for key, rows in table.items.items()})
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


def _structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue" and key and isinstance(value, dict):
        self._default_serialize(serialized, _wire(value), shape, key)
    else:
        _real_structure(self, serialized, value, shape, key)


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
