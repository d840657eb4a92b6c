"""Every story of the matrix of faults: who asks for what, and how it must end."""

from typing import Final

from chalicelib.access.model import GrantStatus
from chalicelib.core import rows
from chalicelib.prevention.model import State
from tests.faults import agenda_stories as agenda
from tests.faults import child_stories as children
from tests.faults import document_stories as documents
from tests.faults import reminder_stories as reminders
from tests.faults import stories
from tests.faults.stories import Story, Travel
from tests.worlds import World


def only_the_reminder(world: World, travel: Travel) -> None:
    """Let one reminder be due, and nothing else wait."""
    reminders.arm_due(world, travel)
    rows.write([rows.forget(row) for row in stories.waiting()])


def remind_and_tell(world: World) -> None:
    """Claim what is due, relay it, and send the mail."""
    reminders.remind_due(world)
    stories.notice(world)


def until_told(world: World, travel: Travel) -> None:
    """Let the queue bring the pair again, then the sweep and the queue what was lost."""
    reminders.remind_due(world)
    stories.until_quiet(world, travel)


STORIES: Final = (
    Story(
        "deposit",
        stories.deposit,
        stories.deposited,
        [],
        [stories.CONTENT],
        stories.one_trace_of_adding,
        stories.no_orphan,
        has_key=True,
    ),
    Story(
        "announce_document",
        documents.announce_one,
        documents.announced,
        0,
        1,
        documents.one_announcement,
        documents.it_may_be_sent,
        has_key=True,
    ),
    Story(
        "send_content",
        documents.send_content,
        stories.deposited,
        [],
        [documents.CONTENT],
        reminders.at_each_try("record:document:upload", stories.history),
        stories.no_orphan,
        documents.announce_before,
    ),
    Story(
        "withdraw_document",
        documents.withdraw_document,
        documents.left_of_it,
        documents.KEPT,
        documents.TAKEN_BACK,
        reminders.once("record:document:withdraw", stories.history),
        stories.no_orphan,
        documents.deposit_by_laboratory,
    ),
    Story(
        "delete_own_document",
        documents.delete_own_document,
        documents.left_of_it,
        documents.KEPT,
        documents.DELETED,
        reminders.once("record:document:withdraw", stories.history),
        stories.no_orphan,
        documents.deposit_by_person,
    ),
    Story(
        "authorise",
        stories.authorise,
        stories.authorised,
        "none",
        GrantStatus.ACTIVE,
        stories.one_trace_per_version,
    ),
    Story(
        "withdraw",
        stories.withdraw,
        stories.withdrawn,
        GrantStatus.ACTIVE,
        GrantStatus.WITHDRAWN,
        stories.one_change_in_the_end,
    ),
    Story(
        "withdraw_in_use",
        stories.withdraw,
        stories.withdrawn,
        GrantStatus.ACTIVE,
        GrantStatus.WITHDRAWN,
        stories.a_use_is_not_forgotten,
        prepare=stories.never_used,
        rival=stories.use,
    ),
    Story(
        "manage_child",
        children.manage,
        children.seen,
        children.NOT_MANAGED,
        children.MANAGED,
        reminders.once("access:child:manage", children.history),
        prepare=children.prepare,
    ),
    Story(
        "leave_child",
        children.leave,
        children.seen,
        children.MANAGED,
        children.LEFT,
        reminders.once("access:child:leave", children.history),
        prepare=children.prepare_managed,
    ),
    Story(
        "deposit_secret",
        children.deposit_secret,
        children.kept_secret,
        children.NOT_DEPOSITED,
        children.DEPOSITED,
        reminders.once("record:document:add", children.secret_history),
        stories.no_orphan,
        children.prepare_managed,
        has_key=True,
    ),
    Story(
        "invite_representative",
        children.invite,
        children.invited,
        children.NOT_INVITED,
        children.INVITED,
        reminders.once("access:representative:invite", children.history),
        prepare=children.prepare_managed,
        has_key=True,
    ),
    Story(
        "accept_invitation",
        children.accept,
        children.invited,
        children.INVITED,
        children.ACCEPTED,
        reminders.once("access:invitation:accept", children.history),
        prepare=children.prepare_invited,
    ),
    Story(
        "refuse_invitation",
        children.refuse,
        children.invited,
        children.INVITED,
        children.REFUSED,
        reminders.once("access:invitation:refuse", children.history),
        prepare=children.prepare_invited,
    ),
    Story(
        "withdraw_invitation",
        children.end,
        children.invited,
        children.INVITED,
        children.WITHDRAWN,
        reminders.once("access:invitation:withdraw", children.history),
        prepare=children.prepare_invited,
    ),
    Story(
        "end_invited",
        children.end,
        children.invited,
        children.ACCEPTED,
        children.ENDED,
        reminders.once("access:representative:end", children.history),
        prepare=children.prepare_accepted,
    ),
    Story(
        "leave_invited",
        children.leave_invited,
        children.invited,
        children.ACCEPTED,
        children.RETURNED,
        reminders.once("access:child:leave", children.history),
        prepare=children.prepare_accepted,
    ),
    Story(
        "notify",
        stories.notice,
        stories.told,
        0,
        1,
        stories.no_doubles_but_one,
        stories.until_quiet,
        stories.one_event,
        rival=stories.deliver_again,
        retried_by_client=False,
    ),
    Story(
        "add_appointment",
        lambda world: agenda.add(world, stories.MARKER),
        agenda.seen,
        agenda.NOTHING,
        agenda.SET,
        agenda.one_trace_of("add", stories.history),
        has_key=True,
    ),
    Story(
        "move_appointment",
        agenda.move,
        agenda.seen,
        agenda.SET,
        agenda.LATER,
        agenda.one_trace_of("change", stories.history),
        prepare=agenda.prepare,
    ),
    Story(
        "cancel_appointment",
        agenda.cancel,
        agenda.seen,
        agenda.SET,
        agenda.NOTHING,
        agenda.one_trace_of("cancel", stories.history),
        prepare=agenda.prepare,
    ),
    Story(
        "plan",
        reminders.plan_a_minute,
        reminders.planned,
        old=False,
        new=True,
        traces=reminders.no_trace,
        settle=reminders.plan_again,
        prepare=reminders.arm_due,
        retried_by_client=False,
    ),
    Story(
        "remind",
        remind_and_tell,
        stories.told,
        0,
        1,
        stories.no_doubles_but_one,
        until_told,
        only_the_reminder,
        retried_by_client=False,
    ),
    Story(
        "answer_prevention",
        reminders.put_off,
        reminders.answered,
        (State.TO_PLAN, ["2030-06-12"]),
        (State.LATER, ["2027-01-06"]),
        reminders.once("prevention:recommendation:answer", stories.history),
        prepare=reminders.open_prevention,
    ),
    Story(
        "read_notices",
        reminders.read_notices,
        reminders.centre,
        (2, 2),
        (2, 0),
        reminders.at_each_try("notifications:notice:mark_read", stories.history),
        prepare=reminders.receive_notices,
    ),
    Story(
        "delete_notice",
        reminders.delete_notice,
        reminders.centre,
        (2, 2),
        (1, 1),
        reminders.at_each_try("notifications:notice:delete", stories.history),
        prepare=reminders.receive_notices,
    ),
    Story(
        "delete_notices",
        reminders.delete_notices,
        reminders.centre,
        (2, 2),
        (0, 0),
        reminders.at_each_try("notifications:notice:delete", stories.history),
        prepare=reminders.receive_notices,
    ),
    Story(
        "choose_preferences",
        reminders.choose,
        reminders.chosen,
        ("Europe/Paris", 0),
        ("Pacific/Noumea", 1),
        reminders.once("notifications:preferences:set", stories.history),
    ),
    Story(
        "refuse_mails",
        reminders.refuse_mails,
        reminders.wants_mails,
        (True, 0),
        (False, 1),
        reminders.once("notifications:preferences:set", stories.history),
    ),
)
