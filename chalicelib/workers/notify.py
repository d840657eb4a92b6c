"""Tell the people an event concerns, from the queue; who they are is read when they are told.

A message that cannot be served goes back, and after `MAX_RECEIVES` the queue puts it aside (the
template says so too; a test compares). Why is written before: in the notice's row, or in a row of
its own when nobody could be told at all (`N#<event>.undelivered`).
"""

from functools import partial
from typing import Final

from chalice.app import Blueprint

from chalicelib.core import clock, log
from chalicelib.core.events import Event
from chalicelib.core.settings import settings
from chalicelib.identity import accounts, spaces
from chalicelib.notifications import inbox, queue, rules, store, usecases, windows
from chalicelib.notifications.model import Recipient
from chalicelib.notifications.usecases import GivenUp
from chalicelib.reminders import store as preferences
from chalicelib.workers.batch import Record, batch, receives

blueprint = Blueprint(__name__)

MAX_RECEIVES: Final = 5
OPERATOR: Final = "operator"
NOBODY: Final = "nobody"


# The template replaces the queue's name by its own.
@blueprint.on_sqs_message(queue="notify", batch_size=10)
@batch
def notify(record: Record) -> None:
    """Tell one event to everybody it concerns; each of them once."""
    try:
        event = queue.read(record["body"])
    except ValueError:
        _keep_last(record, str(record["messageId"]), "malformed")
        raise
    try:
        _tell_all(event)
    except GivenUp:
        raise  # its reason is in its own row
    except Exception as error:
        _keep_last(record, event.id, type(error).__name__)
        raise


def recipients(event: Event) -> list[Recipient]:
    """Return whom an event is told to; a word of ours when a record has no account (D17).

    Raises:
        StoreUnavailable: the store did not answer.
    """
    if rules.is_told_to_operator(event.type):
        return [Recipient(OPERATOR, lambda: settings().operator_email)]
    uids = spaces.notice_targets(event.patient_id, clock.now())
    if not uids:
        return [Recipient(NOBODY, lambda: None)]
    by_mail = rules.wants_mail(event.type, preferences.read_preferences(event.patient_id))
    return [Recipient(uid, partial(accounts.email_of, uid) if by_mail else _none) for uid in uids]


def _none() -> None:
    """Give no address: she wants no mail about this, and finds it in her centre."""


def _tell_all(event: Event) -> None:
    """Tell everybody, and only then report what failed."""
    if rules.is_told_to_operator(event.type):
        log.write("incident declared", event_id=event.id, patient=event.patient_id)
    elif windows.is_turn(event, clock.now()):
        inbox.keep(event)
    else:
        return
    failed: list[Exception] = []
    for recipient in recipients(event):
        try:
            usecases.tell(event, recipient)
        except Exception as error:  # noqa: BLE001  the others are told; raised below
            failed.append(error)
    if failed:
        raise failed[0]


def _keep_last(record: Record, message: str, reason: str) -> None:
    if receives(record) >= MAX_RECEIVES:
        store.keep_failure(message, reason, clock.now())
