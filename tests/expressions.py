"""Amend how moto reads expressions: what follows from the text alone is worked out once.

An expression is parsed once, copied without the general machinery of copies, and walked without
asking each node again what it is. To be removed when moto does it.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from typing import Any, Final
from unittest.mock import patch

from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing.ast_nodes import (  # type: ignore[attr-defined]  # it has no types
    DepthFirstTraverser,
    Expression,
    Node,
    UpdateExpressionFunction,
)
from moto.dynamodb.parsing.expressions import (  # type: ignore[attr-defined]  # nor has it
    UpdateExpressionParser,
)

_MANY: Final = 4096  # texts
_real_lex: Final = ConditionExpressionParser._lex_condition_expression
_no_preparation: Final = DepthFirstTraverser.pre_processing_of_child


@contextmanager
def applied() -> Iterator[None]:
    """Apply the amendments until the end of the block."""
    parsed = lru_cache(_MANY)(UpdateExpressionParser.make)  # its readers copy what they change
    with ExitStack() as stack:
        for replaced in (
            patch.object(UpdateExpressionParser, "make", staticmethod(parsed)),
            patch.object(ConditionExpressionParser, "_lex_condition_expression", _lex),
            patch.object(DepthFirstTraverser, "traverse_node_recursively", _traverse),
            patch.object(Node, "__deepcopy__", _copied, create=True),
            patch.object(Node, "find_clauses", _find),
        ):
            stack.enter_context(replaced)
        yield


def _lex(self: Any) -> deque[Any]:
    return deque(_words(self.condition_expression))


@lru_cache(_MANY)
def _words(condition: str) -> tuple[Any, ...]:
    return tuple(_real_lex(ConditionExpressionParser(condition, {}, {})))


def _copied(node: Any, _memo: dict[int, Any]) -> Any:
    return _twin(node, None)


def _twin(node: Any, parent: Any) -> Any:
    """Copy a node and those below it, which hold texts and numbers."""
    twin = object.__new__(node.__class__)
    vars(twin).update(vars(node))
    twin.parent = parent
    if node.children is not None:
        twin.children = [
            _twin(child, twin) if _is_node(child.__class__) else child for child in node.children
        ]
    return twin


def _find(self: Any, wanted: list[type[Any]]) -> list[Any]:
    """Return the nodes of these classes, without looking below them."""
    found = []
    for child in self.children or ():
        if child.__class__ in wanted:
            found.append(child)
        elif _has_clauses(child.__class__):
            found += child.find_clauses(wanted)
    return found


def _traverse(self: Any, node: Any, child_id: int = -1) -> Any:
    """Process the nodes of an expression bottom up, asking once what processes which."""
    processors = self._processing_map()
    prepares = type(self).pre_processing_of_child is not _no_preparation
    prepare = self.pre_processing_of_child if prepares else None
    return _walk(prepare, processors, _kinds(tuple(processors)), node, child_id)


def _walk(prepare: Any, processors: Any, kinds: "_Kinds", node: Any, child_id: int) -> Any:
    kind = kinds[node.__class__]
    if kind is None:
        return node
    parent = node.parent
    for number, child in enumerate(node.children or ()):
        if prepare is not None:
            prepare(node, number)
        _walk(prepare, processors, kinds, child, number)
    if kind is not Node:
        node = processors[kind](node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


class _Kinds(dict[type[Any], type[Any] | None]):
    """As which class a node is processed: `Node` when it is not, None when it is none."""

    def __init__(self, processed: tuple[type[Any], ...]) -> None:
        super().__init__()
        self._processed = processed

    def __missing__(self, kind: type[Any]) -> type[Any] | None:
        found = (one for one in (*self._processed, Node) if issubclass(kind, one))
        self[kind] = next(found, None)
        return self[kind]


_kinds: Final = cache(_Kinds)


@cache
def _is_node(kind: type[Any]) -> bool:
    return issubclass(kind, Node)


@cache
def _has_clauses(kind: type[Any]) -> bool:
    return issubclass(kind, Expression | UpdateExpressionFunction)
