"""A cleaned picture shows the same and tells nothing: not one byte of what it told is left."""

import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.metadata import exif, jpeg, png
from tests.mailer.metadata import pictures
from tests.mailer.metadata.pictures import chunk, segment

SECRET = b"Noor"


def clean_jpeg(content: bytes) -> bytes:
    cleaned = jpeg.cleaned(content)
    assert cleaned is not None
    assert jpeg.traces(cleaned) == []
    return cleaned


def clean_png(content: bytes) -> bytes:
    cleaned = png.cleaned(content)
    assert cleaned is not None
    assert png.traces(cleaned) == []
    return cleaned


JPEG_TOLD = {
    "Exif": pictures.exif_segment(pictures.exif(pictures.ARTIST)),
    "XMP": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + pictures.XMP),
    "more XMP": segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET),
    "IPTC": segment(0xED, pictures.IPTC),
    "a comment": segment(0xFE, SECRET),
    "a thumbnail": segment(0xE0, b"JFXX\0\x10" + SECRET),
    "more pictures": segment(0xE2, b"MPF\0" + SECRET),
    "provenance": segment(0xEB, b"JP\0\0" + SECRET),
    "a maker's own": segment(0xE4, SECRET),
}


@pytest.mark.parametrize("told", JPEG_TOLD)
def test_what_a_jpeg_tells_is_found_and_goes(told: str) -> None:
    content = pictures.jpeg(pictures.JFIF, JPEG_TOLD[told], pictures.PROFILE, pictures.ADOBE)
    assert jpeg.traces(content)
    assert clean_jpeg(content) == pictures.jpeg(pictures.JFIF, pictures.PROFILE, pictures.ADOBE)


def test_what_stands_between_the_scans_or_behind_the_picture_goes_too() -> None:
    between = pictures.TABLES + pictures.SCAN + segment(0xFE, SECRET) + pictures.SCAN
    content = pictures.jpeg(drawn=between, behind=b"\0\0ftypmp42 a film" + pictures.jpeg())
    assert clean_jpeg(content) == pictures.jpeg(
        drawn=pictures.TABLES + pictures.SCAN + pictures.SCAN
    )


def test_a_thumbnail_in_the_first_header_goes_and_the_header_stays() -> None:
    with_thumbnail = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\1\1" + SECRET[:3])
    assert clean_jpeg(pictures.jpeg(with_thumbnail)) == pictures.jpeg(pictures.JFIF)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_of_exif_the_orientation_alone_stays(orientation: int) -> None:
    told = pictures.exif_segment(pictures.exif(pictures.ARTIST, pictures.turned(orientation)))
    cleaned = clean_jpeg(pictures.jpeg(pictures.JFIF, told))
    least = pictures.exif_segment(pictures.exif(pictures.turned(orientation)))
    expected = [pictures.JFIF, least] if orientation > 1 else [pictures.JFIF]
    assert cleaned == pictures.jpeg(*expected)


@pytest.mark.parametrize("order", ["little", "big"])
def test_the_orientation_is_read_in_either_order(order: str) -> None:
    block = exif.upright(8)
    if order == "little":
        block = bytes.fromhex("49492a0008000000 0100 1201 0300 01000000 0800 0000 00000000")
    assert exif.orientation(block) == 8


@pytest.mark.parametrize("content", [b"\xff\xd8", pictures.jpeg()[:-2], pictures.jpeg()[:30]])
def test_a_jpeg_without_an_end_is_not_cleaned(content: bytes) -> None:
    assert jpeg.cleaned(content) is None


PNG_TOLD = {
    "text": chunk(b"tEXt", b"Author\0" + SECRET),
    "packed text": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)),
    "text of the world": chunk(b"iTXt", b"Title\0\0\0en\0\0" + SECRET),
    "XMP": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + pictures.XMP),
    "Exif": chunk(b"eXIf", pictures.exif(pictures.ARTIST)),
    "a time": chunk(b"tIME", b"\x07\xea\3\1\x0a\0\0"),
    "a maker's own": chunk(b"caBX", SECRET),
}


@pytest.mark.parametrize("told", PNG_TOLD)
def test_what_a_png_tells_is_found_and_goes(told: str) -> None:
    content = pictures.png(chunk(b"sRGB", b"\0"), PNG_TOLD[told], behind=SECRET)
    assert png.traces(content)
    cleaned = clean_png(content)
    assert cleaned == pictures.png(chunk(b"sRGB", b"\0"))
    assert pictures.pixels(cleaned) == pictures.ROWS


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_png_stays_turned_as_it_was(orientation: int) -> None:
    told = pictures.exif(pictures.ARTIST, pictures.turned(orientation))
    cleaned = clean_png(pictures.SIGNATURE + pictures.HEADER + chunk(b"eXIf", told) + pictures.END)
    kept = [data for name, data in pictures.chunks(cleaned) if name == b"eXIf"]
    assert kept == ([pictures.exif(pictures.turned(orientation))] if orientation > 1 else [])


@pytest.mark.parametrize(
    "content",
    [
        pictures.SIGNATURE,
        pictures.png()[:-12],
        pictures.SIGNATURE + chunk(b"CgBI", b"") + pictures.HEADER + pictures.END,
    ],
)
def test_a_png_without_an_end_or_drawn_in_an_unknown_way_is_not_cleaned(content: bytes) -> None:
    assert png.cleaned(content) is None


def test_a_picture_that_tells_nothing_stays_byte_for_byte() -> None:
    for content, cleaned in (
        (pictures.jpeg(pictures.JFIF), clean_jpeg),
        (pictures.png(), clean_png),
    ):
        assert cleaned(content) == content


scraps = st.lists(
    st.one_of(
        st.sampled_from([*JPEG_TOLD.values(), pictures.JFIF, pictures.PROFILE, pictures.SCAN]),
        st.builds(segment, st.integers(0xC0, 0xFE), st.binary(max_size=40)),
        st.binary(max_size=8),
        st.sampled_from([b"\xff", b"\xff\xd9", b"\xff\xd0", b"\xff\x00"]),
    ),
    max_size=8,
)


@given(scraps)
@example([pictures.exif_segment(), pictures.exif_segment(pictures.exif(pictures.turned(3)))])
def test_whatever_stands_in_a_jpeg_what_is_cleaned_tells_nothing(parts: list[bytes]) -> None:
    cleaned = jpeg.cleaned(b"\xff\xd8" + b"".join(parts) + b"\xff\xd9")
    if cleaned is not None:
        assert clean_jpeg(cleaned) == cleaned


@given(
    st.lists(st.builds(chunk, st.sampled_from([b"tEXt", b"eXIf", b"ruSt", b"gAMA"]), st.binary()))
)
def test_whatever_chunks_a_png_has_its_pixels_stay(told: list[bytes]) -> None:
    cleaned = clean_png(pictures.png(*told))
    assert pictures.pixels(cleaned) == pictures.ROWS
    assert {name for name, _ in pictures.chunks(cleaned)} <= {
        *(b"IHDR", b"IDAT", b"IEND", b"gAMA", b"eXIf")
    }
