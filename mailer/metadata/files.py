"""Files by their media type: what one tells, in a sentence, and what can be done about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mailer import media_types
from mailer.metadata import jpeg, packed, pdf, png, traces
from mailer.metadata.traces import Trace


@dataclass(frozen=True, slots=True)
class Report:
    """What a file tells besides what it shows: '' for nothing that we found."""

    sentence: str = ""
    #: Whether `cleaned` takes it out.
    removable: bool = False
    #: How a person takes it out, where we cannot.
    advice: str = ""


class NotCleaned(ValueError):
    """What a file tells cannot be taken out here; the sentence says how a person does it."""


def may_tell(media_type: str) -> bool:
    """Tell whether files of a kind can hold anything that is not seen: plain text cannot."""
    return media_type in _READERS


def report(media_type: str, content: bytes) -> Report:
    """Say what a file tells; whatever its bytes are, nothing is raised."""
    if not may_tell(media_type):
        return Report()
    sentence = traces.sentence(media_types.label(media_type), _READERS[media_type](content))
    if not sentence:
        return Report()
    clean = _CLEANERS.get(media_type)
    removable = clean is not None and clean(content) is not None
    return Report(sentence, removable, "" if removable else _ADVICE.get(media_type, _ANEW))


def cleaned(media_type: str, content: bytes) -> bytes:
    """Return the same picture without what it tells; raise NotCleaned."""
    clean = _CLEANERS.get(media_type)
    found = clean(content) if clean else None
    if found is None:
        raise NotCleaned(_ADVICE.get(media_type, _ANEW))
    return found


_READERS: Final[Mapping[str, Callable[[bytes], list[Trace]]]] = {
    media_types.PDF: pdf.traces,
    media_types.PNG: png.traces,
    media_types.JPEG: jpeg.traces,
    media_types.ODT: packed.traces,
    media_types.DOCX: packed.traces,
}
_CLEANERS: Final[Mapping[str, Callable[[bytes], bytes | None]]] = {
    media_types.PNG: png.cleaned,
    media_types.JPEG: jpeg.cleaned,
}
_INSTEAD: Final = "Then remove this file and add the new one."
_ANEW: Final = f"The picture is damaged, so it cannot be taken out here: save it anew. {_INSTEAD}"
_OFFICE: Final = (
    "To take it out, accept the changes and delete the comments; then in Word choose File, Info, Check for "
    "Issues, Inspect Document; in LibreOffice choose File, Properties, untick 'Apply user data' and press "
    f"'Reset Properties'. Or clean a copy with mat2, which Tails has. {_INSTEAD}"
)
_ADVICE: Final[Mapping[str, str]] = {
    media_types.PDF: (
        "To take it out, take it out of the document that the PDF was made from, and export that anew under "
        f"another name; or clean a copy with mat2, which Tails has. {_INSTEAD}"
    ),
    media_types.ODT: _OFFICE,
    media_types.DOCX: _OFFICE,
}
