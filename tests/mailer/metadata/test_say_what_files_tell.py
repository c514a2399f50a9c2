"""Each kind of file: what it tells, in one sentence that staff can read."""

import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config import limits
from mailer import media_types
from mailer.metadata import files
from tests.mailer.attachments.files import DOCX, ODT, PDF, packed
from tests.mailer.metadata import pictures
from tests.mailer.metadata.pictures import chunk, segment

KINDS = [kind.media_type for kind in media_types.KINDS]


def told(media_type: str, content: bytes) -> str:
    return files.report(media_type, content).sentence


def test_a_photograph_tells_where_when_with_what_and_by_whom() -> None:
    report = files.report(media_types.JPEG, pictures.jpeg(pictures.exif_segment()))
    assert report.sentence == (
        "This JPEG says where it was taken (GPS), when it was made or changed (2026-03-01 10:00:00), "
        "who made it (Noor Example) and with which camera (Example; Camera 5), and it holds the serial "
        "number of the camera."
    )
    assert (report.removable, report.advice) == (True, "")


@pytest.mark.parametrize(
    ("told_", "said"),
    [
        (
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + pictures.XMP),
            "where it was taken (GPS)",
        ),
        (segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + pictures.XMP), "(Noor & Example)"),
        (segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + pictures.XMP), "(Example Draw 3)"),
        (segment(0xED, pictures.IPTC), "of which place it is (Example Town)"),
        (segment(0xFE, b"by Noor"), "holds a comment, a description or keywords (by Noor)"),
        (segment(0xE5, b"?"), "holds data of the program or the device that made it"),
        (segment(0xE0, b"JFXX\0"), "holds a small picture of it"),
    ],
)
def test_each_block_of_a_jpeg_is_read(told_: bytes, said: str) -> None:
    assert said in told(media_types.JPEG, pictures.jpeg(told_))


def test_a_gps_block_that_names_no_place_is_none() -> None:
    version = (0x0000, 3, b"\2\3\0\0")
    block = pictures.exif_segment(pictures.exif(gps=(version,)))
    assert "GPS" not in told(media_types.JPEG, pictures.jpeg(block))


@pytest.mark.parametrize(
    ("told_", "said"),
    [
        (chunk(b"tEXt", b"Author\0Noor"), "says who made it (Noor)"),
        (chunk(b"zTXt", b"Software\0\0" + zlib.compress(b"Draw 3")), "with which program (Draw 3)"),
        (chunk(b"zTXt", b"Software\0\0broken"), "with which program."),
        (chunk(b"iTXt", b"Author\0\1\0en\0\0" + zlib.compress(b"Noor")), "who made it (Noor)"),
        (chunk(b"tIME", b"\x07\xea\3\1\x0a\0\0"), "changed (2026-03-01 10:00:00)"),
        (chunk(b"eXIf", pictures.TELLING), "where it was taken (GPS)"),
    ],
)
def test_each_chunk_of_a_png_is_read(told_: bytes, said: str) -> None:
    assert said in told(media_types.PNG, pictures.png(told_))


INFORMATION = (
    b"<</Author (Noor \\(Example\\)) /Creator <feff0057006f00720064>"
    b" /CreationDate (D:20260301100000Z)>>"
)
OBJECTS = zlib.compress(INFORMATION)


@pytest.mark.parametrize(
    "content",
    [
        PDF + INFORMATION,
        PDF + b"<</Type /ObjStm /Filter /FlateDecode>>\nstream\r\n" + OBJECTS + b"\nendstream",
    ],
)
def test_a_pdf_tells_its_author_its_program_and_its_dates(content: bytes) -> None:
    report = files.report(media_types.PDF, content)
    assert "changed (2026-03-01 10:00)" in report.sentence
    assert "who made it (Noor (Example))" in report.sentence
    assert "with which program (Word)" in report.sentence
    assert not report.removable
    assert "export that anew" in report.advice


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (b"<?xpacket?>" + pictures.XMP, "who made it (Noor & Example)"),
        (b"<</Encrypt 4 0 R>>" + INFORMATION, "holds parts that are encrypted"),
        (b"<</Author (x)>>\n%%EOF\n", "holds what it was before it was last changed"),
        (b"stream\n" + pictures.jpeg(pictures.exif_segment()), "where a picture in it was taken"),
    ],
)
def test_what_else_a_pdf_may_hold_is_said(more: bytes, said: str) -> None:
    assert said in told(media_types.PDF, PDF + more)


CORE = b"<cp:p><dc:creator>Noor</dc:creator><cp:lastModifiedBy>Sam</cp:lastModifiedBy></cp:p>"
APP = b"<Properties><Application>Example Office</Application><Company>Example Ltd</Company></Properties>"
CHANGES = b'<w:ins w:id="1" w:author="Kim &lt;desk&gt;"><w:t>new</w:t></w:ins>'
PHOTO = pictures.jpeg(pictures.exif_segment())


def test_a_docx_tells_its_author_its_editors_and_its_program() -> None:
    content = packed(
        ("word/document.xml", CHANGES),
        ("docProps/core.xml", CORE),
        ("docProps/app.xml", APP),
        ("word/media/image1.jpeg", PHOTO),
        ("docProps/thumbnail.jpeg", b"x"),
    )
    report = files.report(media_types.DOCX, content)
    assert report.sentence == (
        "This DOCX says where a picture in it was taken (GPS), who made it (Noor), who changed it or "
        "commented on it (Kim <desk>; Sam), at which organisation (Example Ltd) and with which program "
        "(Example Office), and it holds a small picture of it, perhaps from before it was cut or changed."
    )
    assert "Inspect Document" in report.advice


def test_an_odt_tells_the_same_in_its_own_words() -> None:
    meta = (
        b"<meta:initial-creator>Noor</meta:initial-creator><meta:generator>Office</meta:generator>"
    )
    changes = b"<office:change-info><dc:creator>Sam</dc:creator></office:change-info>"
    content = packed(("mimetype", b"x"), ("meta.xml", meta), ("content.xml", changes))
    said = told(media_types.ODT, content)
    assert "who made it (Noor), who changed it or commented on it (Sam)" in said


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (media_types.JPEG, pictures.jpeg(pictures.JFIF, pictures.PROFILE)),
        (media_types.PNG, pictures.png()),
        (media_types.PDF, PDF),
        (media_types.DOCX, DOCX),
        (media_types.ODT, ODT),
        ("text/plain", b"Author: Noor"),
    ],
)
def test_a_file_that_tells_nothing_is_said_nothing_of(media_type: str, content: bytes) -> None:
    assert files.report(media_type, content) == files.Report()


def test_a_value_is_short_and_hides_nothing_from_the_eye() -> None:
    author = "No\u202eor\0\n" + "x" * 500
    said = told(
        media_types.PNG, pictures.png(chunk(b"iTXt", b"Author\0\0\0\0\0" + author.encode()))
    )
    assert said == f"This PNG says who made it (Noor {'x' * (limits.METADATA_VALUE_LENGTH - 5)}…)."


def test_a_picture_that_cannot_be_cleaned_says_what_to_do() -> None:
    broken = pictures.jpeg(pictures.exif_segment())[:-2]
    report = files.report(media_types.JPEG, broken)
    assert (report.removable, "save it anew" in report.advice) == (False, True)
    with pytest.raises(files.NotCleaned, match="save it anew"):
        files.cleaned(media_types.JPEG, broken)
    with pytest.raises(files.NotCleaned, match="export that anew"):
        files.cleaned(media_types.PDF, PDF)


def test_what_unpacks_to_gigabytes_is_read_in_part() -> None:
    bomb = zlib.compress(bytes(64 * 1024 * 1024), 9)
    assert told(media_types.PNG, pictures.png(chunk(b"zTXt", b"Author\0\0" + bomb))) == (
        "This PNG says who made it."
    )
    objects = b"/ObjStm>>stream\n" + bomb + b"endstream"
    assert told(media_types.PDF, PDF + objects * 50) == ""


WHOLE = [
    pictures.jpeg(pictures.exif_segment(), segment(0xED, pictures.IPTC)),
    pictures.png(chunk(b"eXIf", pictures.TELLING), chunk(b"tIME", b"1234567")),
    PDF + INFORMATION + pictures.XMP + b"/ObjStm stream\n" + OBJECTS + b"endstream",
    packed(("docProps/core.xml", CORE), ("word/document.xml", CHANGES), ("a.jpg", PHOTO)),
]


@given(st.sampled_from(KINDS), st.binary())
@example(media_types.JPEG, b"")
def test_no_bytes_at_all_raise(media_type: str, content: bytes) -> None:
    assert isinstance(told(media_type, content), str)


@given(st.data())
def test_no_damage_to_a_file_raises(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
        content = content or bytearray(b"\0")
    for media_type in KINDS:
        report = files.report(media_type, bytes(content))
        assert not (report.removable and report.advice)
