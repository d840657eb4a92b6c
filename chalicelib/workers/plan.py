"""Every minute, name what may be due; the others do it. One rule for everybody (D11)."""

from chalice.app import Blueprint, Rate

from chalicelib.core import clock, log
from chalicelib.reminders import sweep
from chalicelib.workers.batch import job

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, Rate.MINUTES))
@job
def plan() -> None:
    """Queue the pairs of bucket and shard that are not finished."""
    log.write("planned", function="plan", count=sweep.plan(clock.now()))
