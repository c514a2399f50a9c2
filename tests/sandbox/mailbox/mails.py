"""Mails nobody should send, each with what is wrong with it as its name."""


def _deep(levels: int) -> bytes:
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(levels)
    )
    return b"Subject: deep\r\n" + opening + b"\r\nthe bottom\r\n"


def _wide(parts: int) -> bytes:
    part = b"--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n"
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * parts


def _typed(content_type: bytes, body: bytes, *others: bytes) -> bytes:
    lines = (b"Subject: typed", b"Content-Type: " + content_type, *others, b"", body, b"")
    return b"\r\n".join(lines)


HOSTILE = {
    "nothing at all": b"\r\n",
    "no header": b"\r\njust a body\r\n",
    "no body": b"Subject: no body\r\n",
    "no subject": b"From: a@example.org\r\n\r\nx\r\n",
    "no colon": b"this is no header\r\nSubject: still here\r\n\r\nx\r\n",
    "an 8-bit header": b"Subject: caf\xe9 \xff\r\nFrom: \xd0\x90 <a@example.org>\r\n\r\n\xe9\r\n",
    "a NUL": b"Subject: a\0b\r\n\r\nc\0d \x1b[31m\r\n",
    "an unknown charset": _typed(b"text/plain; charset=klingon", b"\xe9"),
    "a codec that is no charset": _typed(b"text/plain; charset=base64", b"eA=="),
    "a charset with a NUL": _typed(b"text/plain; charset=a\0b", b"x"),
    "a lying charset": _typed(b"text/html; charset=utf-8", b"\xff\xfe\xe9"),
    "lone surrogates": _typed(b"text/plain; charset=utf-7", b"+2AA-"),
    "a surrogate in a header": b"Subject: =?utf-7?q?+2AA-?= \xed\xa0\x80\r\n\r\nx\r\n",
    "broken encoded words": b"Subject: =?utf-8?b?!!!?= =?x?q?=ZZ?= =?utf-8?b?abc\r\n\r\nx\r\n",
    "broken base64": _typed(b"text/plain", b"!!!a", b"Content-Transfer-Encoding: base64"),
    "broken uuencode": _typed(b"text/plain", b"begin\r\n\xff", b"Content-Transfer-Encoding: x-uue"),
    "no boundary": _typed(b"multipart/mixed", b"--x\r\n\r\nx"),
    "an unfinished boundary": _typed(b"multipart/mixed; boundary=b", b"--b\r\n\r\ntext"),
    "a boundary never used": _typed(b'multipart/alternative; boundary="b"', b"text"),
    "a multipart in base64": _typed(
        b"multipart/mixed; boundary=b", b"LS1i", b"Content-Transfer-Encoding: base64"
    ),
    "a nameless attachment": _typed(b"/", b"x", b"Content-Disposition: attachment"),
    "a hostile file name": _typed(
        b"application/x", b"x", b"Content-Disposition: attachment; filename*=utf-7''+2AA-%0d%0aX: y"
    ),
    "a parameter number without end": _typed(
        b"application/x", b"x", b"Content-Disposition: attachment; filename*" + b"9" * 900 + b"*=x"
    ),
    "an empty mail inside": _typed(b"message/rfc822", b""),
    "a delivery report": _typed(b"message/delivery-status", b"\r\n\r\n\r\nStatus: 5.1.1"),
    "markup everywhere": b'Subject: "><script>1</script>\r\nFrom: <img src=x>\r\n\r\n</pre><script>',
    "tags that never end": _typed(b"text/html", b"<a href=" * 100 + b"<![CDATA[ <!--"),
    "right-to-left overrides": "Subject: \u202egpj.exe\u2066\r\n\r\n\u202e\r\n".encode(),
    "links of other kinds": _typed(
        b"text/html", b"<a href='javascript:alert(1)'>x</a><a href='data:text/html,x'>y</a>"
    ),
    "deep": _deep(1_000),
    "wide": _wide(3_000),
}
