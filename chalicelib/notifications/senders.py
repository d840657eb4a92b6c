"""Hand one mail to a provider: Amazon SES, or any SMTP server (`MAIL_TRANSPORT`).

Plain text only: no picture, no tracking, nothing to load. The Message-ID is the same each time a
notice is sent, so that a mailbox shows one mail where a provider got two. (SES writes a Message-ID
of its own over ours; SMTP keeps it.)
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, clock
from chalicelib.core.settings import settings
from chalicelib.notifications.model import Mail

TIMEOUT_SECONDS: Final = 5
_PERMANENT: Final = 500
_SES_REFUSALS: Final = frozenset({"MessageRejected", "BadRequestException"})


class Rejected(Exception):  # noqa: N818  an outcome, not a fault
    """The provider will never take this mail; trying again is useless."""


class Unsent(Exception):  # noqa: N818  an outcome, not a fault
    """The provider did not say that it took the mail; it may have."""


def send(mail: Mail) -> None:
    """Send a mail by the transport of this deployment.

    Raises:
        Rejected: refused for good.
        Unsent: to be tried again.
    """
    message = compose(mail)
    if settings().mail_transport == "smtp":
        _by_smtp(message)
    else:
        _by_ses(message)


def compose(mail: Mail) -> EmailMessage:
    """Write a mail in Internet form."""
    sender = settings().mail_sender
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.text.subject
    message["Date"] = format_datetime(clock.instant(mail.at))
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text.body, charset="utf-8", cte="quoted-printable")
    return message


def _by_ses(message: EmailMessage) -> None:
    try:
        aws.client("sesv2").send_email(
            FromEmailAddress=message["From"],
            Destination={"ToAddresses": [message["To"]]},
            Content={"Raw": {"Data": message.as_bytes()}},
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise (Rejected if code in _SES_REFUSALS else Unsent)(code) from error
    except BotoCoreError as error:
        raise Unsent(type(error).__name__) from error


def _by_smtp(message: EmailMessage) -> None:
    try:
        with _smtp() as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        refused = next(iter(error.recipients.values()))[0] >= _PERMANENT
        raise (Rejected if refused else Unsent)("recipient") from error
    except smtplib.SMTPResponseException as error:
        refused = error.smtp_code >= _PERMANENT
        raise (Rejected if refused else Unsent)(str(error.smtp_code)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unsent(type(error).__name__) from error


@contextmanager
def _smtp() -> Iterator[smtplib.SMTP]:
    """Open a conversation; how it ends says nothing of the mail, which is taken before."""
    server = smtplib.SMTP(settings().smtp_host, settings().smtp_port, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        yield server
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()
