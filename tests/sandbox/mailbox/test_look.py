"""The page as a person sees it, without a browser: what is on it, and what its links lead to."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape

import pytest

from sandbox.mailbox import page, smtp
from tests.sandbox.mailbox.running import RunningMailbox, mail


def full_mail(html: str = "<p>Confirm</p>") -> bytes:
    """Make a mail with text, HTML and an attachment."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Редакция <news@example.org>"
    message["Subject"] = "تأكيد الاشتراك"
    message.set_content("Confirm: https://example.org/confirm/abc.\n")
    message.add_alternative(html, subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="чек 1.pdf")
    return message.as_bytes()


def shown(mailbox: RunningMailbox, to: str, content: bytes, view: str = "") -> str:
    mailbox.deliver(to, content)
    answer = mailbox.get(f"/messages/{mailbox.id_for(to)}{view}")
    assert answer.status == 200
    return answer.text


def test_an_empty_mailbox_says_what_will_come_and_how(fresh: RunningMailbox) -> None:
    text = fresh.get("/").text
    assert "No mail yet" in text
    assert f"127.0.0.1:{fresh.smtp_port}" in text
    assert "Delete all" not in text


@pytest.mark.parametrize("messages", [0, 1])
def test_the_addresses_that_fail_are_explained(fresh: RunningMailbox, messages: int) -> None:
    for _ in range(messages):
        fresh.deliver("amira@example.org")
    text = fresh.get("/").text
    for failure in smtp.FAILURES:
        assert failure.prefix in text
        assert failure.reply in text


def test_the_list_is_cut_into_pages(fresh: RunningMailbox) -> None:
    with fresh.smtp() as client:
        for number in range(page.MESSAGES_PER_PAGE + 1):
            client.sendmail("a@example.org", ["b@example.org"], mail(f"Number {number};"))
    first, second = fresh.get("/").text, fresh.get("/?page=2").text
    assert "Number 50;" in first
    assert "Number 0;" not in first
    assert re.findall(r"Number \d+;", second) == ["Number 0;"]
    assert "/?page=2" in first
    assert "/?page=1" in second


@pytest.mark.parametrize("number", ["0", "-1", "x", "99", "9" * 5_000, "%D9%A3"])
def test_a_page_number_that_is_none_still_shows_the_list(
    mailbox: RunningMailbox, number: str
) -> None:
    assert mailbox.get(f"/?page={number}").status == 200


def test_a_search_finds_addresses_and_subjects(mailbox: RunningMailbox) -> None:
    mailbox.deliver("needle@example.org", mail("Haystack"))
    for query in ("NEEDLE@", "hayst", "+needle+"):
        assert "1 of " in mailbox.get(f"/?q={query}").text
    assert "No message has these words" in mailbox.get("/?q=nowhere-to-be-found").text


def test_a_search_is_shown_as_text(mailbox: RunningMailbox) -> None:
    mailbox.deliver("query@example.org")
    assert "<script>" not in mailbox.get("/?q=%22%3E%3Cscript%3E").text


def test_html_stands_in_a_frame_where_nothing_runs(mailbox: RunningMailbox) -> None:
    text = shown(
        mailbox, "frame@example.org", full_mail('<p title="x">&quot;</p><script>1</script>')
    )
    frame = re.search(r'<iframe [^>]*sandbox="([^"]*)" srcdoc="([^"]*)"', text)
    assert frame is not None
    assert frame[1] == "allow-popups allow-popups-to-escape-sandbox"
    assert unescape(frame[2]).startswith('<base target="_blank"><p title="x">&quot;</p><script>')
    assert "<script" not in text


@pytest.mark.parametrize("tag", ["link", "LINK", "iframe", "frame"])
def test_html_that_would_connect_is_disarmed(mailbox: RunningMailbox, tag: str) -> None:
    html = f"<{tag} rel=preconnect href=http://127.0.0.1:9 src=http://127.0.0.1:9>"
    text = shown(mailbox, f"{tag}@example.org", full_mail(html))
    assert f"&lt;{tag} " not in text
    assert f"&lt;x-{tag} " in text


def test_the_confirm_link_can_be_clicked_in_the_text(mailbox: RunningMailbox) -> None:
    text = shown(mailbox, "text@example.org", full_mail(), "/text")
    link = '<a href="https://example.org/confirm/abc" target="_blank" rel="noopener noreferrer">'
    assert text.count(link) == 2  # where it stands in the text, and in the list of links


def test_headers_are_decoded(mailbox: RunningMailbox) -> None:
    text = shown(mailbox, "headers@example.org", full_mail(), "/headers")
    assert '<td dir="auto">تأكيد الاشتراك</td>' in text
    assert "Редакция &lt;news@example.org&gt;" in text


def test_raw_is_the_mail_as_written(mailbox: RunningMailbox) -> None:
    text = shown(mailbox, "rawview@example.org", full_mail(), "/raw")
    assert "Subject: =?utf-8?" in text
    assert f"/api/messages/{mailbox.id_for('rawview@example.org')}/raw" in text


def test_an_attachment_is_listed_with_its_size_and_can_be_saved(mailbox: RunningMailbox) -> None:
    text = shown(mailbox, "attached@example.org", full_mail())
    assert "чек 1.pdf" in text
    assert "application/pdf, 4 bytes" in text
    path = f"/messages/{mailbox.id_for('attached@example.org')}/attachments/"
    saved = mailbox.get(path + "0")
    assert saved.body == b"%PDF"
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert mailbox.get(path + "1").status == 404


def test_a_mail_without_html_opens_as_text(mailbox: RunningMailbox) -> None:
    text = shown(mailbox, "plain@example.org", mail(body="Здравствуйте".encode()))
    assert '<pre class="body" dir="auto">Здравствуйте\n</pre>' in text
    assert "has no HTML part" in shown(mailbox, "plain@example.org", mail(), "/html")


def test_deleting_asks_first_and_then_deletes(fresh: RunningMailbox) -> None:
    fresh.deliver("amira@example.org")
    asked = fresh.get("/delete")
    assert "Delete 1 message<" in asked.text
    assert len(fresh.messages()) == 1
    done = fresh.request("POST", "/delete")
    assert (done.status, done.headers["Location"]) == (303, "/")
    assert fresh.messages() == []


@pytest.mark.parametrize("path", ["/nothing", "/messages/1", "/messages/1/raw", "/messages/x/../1"])
def test_what_is_not_there_is_404_on_a_page(mailbox: RunningMailbox, path: str) -> None:
    answer = mailbox.get(path)
    assert answer.status == 404
    assert "<h1>Not Found</h1>" in answer.text


def test_no_page_has_a_script_or_another_sites_address(mailbox: RunningMailbox) -> None:
    mailbox.deliver("clean@example.org", mail(body=b"no links"))
    for path in ("/", "/delete", f"/messages/{mailbox.id_for('clean@example.org')}", "/nothing"):
        text = mailbox.get(path).text
        assert "<script" not in text
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)
