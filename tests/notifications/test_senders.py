"""One mail, by SES or by SMTP: refused for good, to be tried again, or taken (R30)."""

from collections.abc import Iterator
from email import message_from_string, policy

import pytest

from chalicelib.core.settings import settings
from chalicelib.notifications import senders
from chalicelib.notifications.model import Mail, Text
from chalicelib.notifications.senders import Rejected, Unsent, compose, send
from tests.injector import Faults, refused
from tests.notifications.smtp_server import MailServer, running
from tests.recorder import Recorder

MAIL = Mail(
    "01J.abc", "2026-11-23T09:30:00.000Z", "camille@exemple.test", Text("Été", "C’est l’été.\n")
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with running() as server:
        monkeypatch.setenv("MAIL_TRANSPORT", "smtp")
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        settings.cache_clear()
        yield server
    monkeypatch.undo()
    settings.cache_clear()


def test_the_same_notice_makes_the_same_bytes_each_time() -> None:
    assert compose(MAIL).as_bytes() == compose(MAIL).as_bytes()


def test_a_mail_is_plain_text_and_tells_nothing_to_trackers() -> None:
    mail = compose(MAIL)
    assert {name.lower() for name in mail} == {
        "from", "to", "subject", "date", "message-id", "auto-submitted",
        "x-auto-response-suppress", "content-type", "content-transfer-encoding", "mime-version",
    }  # fmt: skip
    assert mail["Message-ID"] == "<01J.abc@carnet.test>"
    assert mail["Date"] == "Mon, 23 Nov 2026 09:30:00 +0000"


def test_an_address_with_a_line_break_is_not_a_header() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(Mail("1", MAIL.at, "a@b.test\r\nBcc: c@d.test", MAIL.text))


@pytest.mark.enable_socket
def test_smtp_delivers_what_was_composed(server: MailServer) -> None:
    send(MAIL)
    (raw,) = server.mails
    mail = message_from_string(raw, policy=policy.default)
    assert mail["Message-ID"] == "<01J.abc@carnet.test>"
    assert mail["Subject"] == "Été"
    body = mail.get_body()
    assert body is not None
    assert body.get_content().strip() == "C’est l’été."


@pytest.mark.enable_socket
def test_a_goodbye_that_fails_does_not_make_a_taken_mail_unsent(server: MailServer) -> None:
    server.answers["QUIT"] = "421 leaving"
    send(MAIL)
    assert len(server.mails) == 1


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("RCPT", "550 no such user", Rejected),
        ("RCPT", "450 busy", Unsent),
        ("MAIL", "550 sender refused", Rejected),
        ("MAIL", "451 later", Unsent),
        ("DATA", "554 refused", Rejected),
        ("DATA", "452 full", Unsent),
    ],
)
def test_smtp_answers_of_five_hundred_are_final_and_four_hundred_are_not(
    server: MailServer, command: str, answer: str, outcome: type[Exception]
) -> None:
    server.answers[command] = answer
    with pytest.raises(outcome):
        send(MAIL)
    assert server.mails == []


@pytest.mark.enable_socket
def test_a_server_that_is_not_there_is_tried_again(server: MailServer) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(Unsent):
        send(MAIL)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("MessageRejected", Rejected),
        ("BadRequestException", Rejected),
        ("TooManyRequestsException", Unsent),
        ("AccountSuspendedException", Unsent),
        ("AccessDeniedException", Unsent),
    ],
)
def test_ses_refuses_a_message_for_good_and_anything_else_for_now(
    aws: Recorder, faults: Faults, code: str, outcome: type[Exception]
) -> None:
    del aws
    faults.on("sesv2.SendEmail", refused(code), nth=0)
    with pytest.raises(outcome):
        send(MAIL)


def test_the_time_out_leaves_the_worker_time_to_say_so() -> None:
    assert senders.TIMEOUT_SECONDS * 4 <= 30  # connect, sender, recipient, data; its limit: 30 s


@pytest.mark.enable_socket
def test_smtp_sends_nothing_in_clear_to_a_server_that_offers_tls(server: MailServer) -> None:
    server.answers |= {"EHLO": "250-exemple.test\r\n250 STARTTLS", "STAR": "454 not now"}
    with pytest.raises(Unsent):
        send(MAIL)
    assert server.mails == []
