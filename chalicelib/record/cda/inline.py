"""Lines of a narrative: dropping the blanks around what one line holds."""

from chalicelib.record.cda.model import Break, Inline, Run


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
