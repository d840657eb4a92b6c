"""Lines of a narrative: joining what one line holds, and dropping the blanks around it."""

from collections.abc import Iterable, Iterator

from chalicelib.record.cda.model import Block, Break, Bullets, Inline, Media, Paragraph, Run


def flat(blocks: Iterable[Block]) -> Iterator[Inline]:
    """Write blocks as one line of text; the shape is lost, no word is."""
    for block in blocks:
        if isinstance(block, Media):
            yield from block.caption
            continue
        yield from block.caption
        if isinstance(block, Paragraph):
            yield from block.runs
        elif isinstance(block, Bullets):
            for item in block.items:
                yield from flat(item)
        else:
            for row in (*block.head, *block.body, *block.foot):
                for cell in row:
                    yield from flat(cell.blocks)
        yield Run(" ")


def trimmed(runs: list[Inline]) -> tuple[Inline, ...]:
    """Drop the blanks and breaks at both ends, and blanks doubled across runs."""
    kept: list[Inline] = []
    for run in runs:
        text = run.text if isinstance(run, Run) else ""
        follows_blank = not kept or isinstance(kept[-1], Break) or _ends_blank(kept[-1])
        if isinstance(run, Break):
            if kept:
                kept.append(run)
        elif text.lstrip(" " if follows_blank else ""):
            kept.append(Run(text.lstrip(" ") if follows_blank else text, run.styles, run.target))
    while kept and (isinstance(kept[-1], Break) or not kept[-1].text.strip(" ")):
        kept.pop()
    if kept and isinstance(kept[-1], Run):
        last = kept[-1]
        kept[-1] = Run(last.text.rstrip(" "), last.styles, last.target)
    return tuple(kept)


def _ends_blank(inline: Inline) -> bool:
    return isinstance(inline, Run) and inline.text.endswith(" ")
