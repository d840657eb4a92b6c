"""In each minute, name what is due at the next; the others do it. One rule for everybody (D11)."""

from chalice.app import Blueprint, Cron

from chalicelib.core import clock, log
from chalicelib.reminders import sweep
from chalicelib.workers.batch import job

blueprint = Blueprint(__name__)


# Once within each minute, wherever in it; a rate would drift, and could miss one.
@blueprint.schedule(Cron("*", "*", "*", "*", "?", "*"))
@job
def plan() -> None:
    """Queue the pairs of bucket and shard that are not finished."""
    log.write("planned", function="plan", count=sweep.plan(clock.now()))
