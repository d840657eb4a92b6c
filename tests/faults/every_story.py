"""Every story of the matrix of faults: who asks for what, and how it must end."""

from typing import Final

from chalicelib.access.model import GrantStatus
from chalicelib.core import rows
from chalicelib.prevention.model import State
from tests.faults import agenda_stories as agenda
from tests.faults import child_stories as children
from tests.faults import document_stories as documents
from tests.faults import message_stories as messages
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
        reminders.at_each_try("access:child:manage", children.history),
        prepare=children.prepare,
    ),
    Story(
        "leave_child",
        children.leave,
        children.seen,
        children.MANAGED,
        children.LEFT,
        reminders.at_each_try("access:child:leave", children.history),
        prepare=children.prepare_managed,
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
        "see_documents",
        reminders.see_documents,
        reminders.nothing_is_new,
        False,
        True,
        reminders.at_each_try("record:news:mark_seen", stories.history),
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
    Story(
        "open_conversation",
        messages.open_one,
        messages.opened,
        messages.NOTHING,
        messages.OPENED,
        reminders.once("messaging:conversation:open", stories.history),
        has_key=True,
    ),
    Story(
        "send_message",
        messages.send,
        messages.sent,
        messages.BEFORE_SENT,
        messages.SENT,
        reminders.once("messaging:message:send", stories.history),
        stories.no_orphan,
        messages.prepare_waiting,
        has_key=True,
    ),
    Story(
        "mark_conversation_read",
        messages.mark,
        messages.unread,
        (1, [True]),
        (0, [False]),
        reminders.at_each_try("messaging:conversation:mark_read", stories.history),
        prepare=messages.prepare,
    ),
    Story(
        "close_conversation",
        messages.close,
        messages.status,
        ("open", ["open"]),
        ("closed", ["closed"]),
        reminders.at_each_try("messaging:conversation:close", stories.history),
        prepare=messages.prepare,
    ),
    Story(
        "add_attachment",
        messages.attach,
        messages.waiting_files,
        0,
        1,
        reminders.once("messaging:attachment:add", stories.history),
        stories.no_orphan,
        messages.prepare,
        has_key=True,
    ),
    Story(
        "save_attachment",
        messages.save,
        messages.saved,
        [],
        [messages.CONTENT],
        reminders.at_each_try("messaging:attachment:save", stories.history),
        stories.no_orphan,
        messages.prepare_joined,
    ),
)
