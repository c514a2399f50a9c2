"""Limits of releases: their parts, their files, and the mails that are made of them."""

from typing import Final

# -- Releases --------------------------------------------------------------------------------------
IMPORT_FILE_BYTES: Final = 2 * 1024 * 1024
"""The largest file a release is imported from; real ones are under 100 KB."""
HEADLINE_LENGTH: Final = 300
SUBHEAD_LENGTH: Final = 500
SLUG_LENGTH: Final = 80
PLACE_LENGTH: Final = 120
CONTACT_FIELD_LENGTH: Final = 200
BODY_LENGTH: Final = 200_000
BOILERPLATE_LENGTH: Final = 10_000
POSTAL_ADDRESS_LENGTH: Final = 1_000

# -- Mails -----------------------------------------------------------------------------------------
PREHEADER_LENGTH: Final = 140
"""Characters of the first sentence that a list of mails shows beside the subject."""
NESTING_DEPTH: Final = 12
"""Levels of lists, quotes and emphasis a body may have; what lies deeper is kept as plain words."""
MAIL_WIDTH: Final = 72
"""Columns of a plain-text mail."""
HOLE_URL_LENGTH: Final = 300
"""The longest URL that fills a hole in a mail."""
HEADER_LINE_LENGTH: Final = 998
"""The longest line of a message, without its CRLF (RFC 5322 2.1.1)."""

# -- Importing a release ---------------------------------------------------------------------------
IMPORT_BLOCKS: Final = 10_000
"""Paragraphs, headings and list items in one imported file; the longest body has room for fewer."""

# -- Attachments -----------------------------------------------------------------------------------
ATTACHMENT_BYTES: Final = 20 * 1024 * 1024
"""The largest file that a release may carry."""
ATTACHMENTS: Final = 10
"""The most files of one release."""
ATTACHMENT_NAME_LENGTH: Final = 120
ATTACHED_BYTES: Final = 256 * 1024
"""The largest PDF that travels in the mail itself; a larger one is a link in it."""
ATTACHED_BYTES_OF_MAIL: Final = 512 * 1024
"""What travels in one mail at most, all files together: many mailboxes are small and many lines slow."""
ATTACHMENT_BODY_BYTES: Final = ATTACHMENT_BYTES + 64 * 1024
"""The largest body that carries a file to a draft: the file, its name and the form around them."""
ATTACHMENT_SECONDS: Final = 300
"""How long a browser or a proxy may keep a file of a release."""
ATTACHMENT_BLOCK_BYTES: Final = 256 * 1024
"""How much of a file is read at a time while it is sent."""
AMENDABLE_SHOWN: Final = 50
"""How many published releases the console offers to correct; an older one is named by its slug."""
PACKED_ENTRIES: Final = 2_000
"""The most entries of a packed document (ODT, DOCX) that is looked into."""

# -- What files tell besides what they show --------------------------------------------------------
METADATA_VALUE_LENGTH: Final = 60
"""How much of a name, a program or a time a sentence repeats, in characters."""
METADATA_RAW_LENGTH: Final = 200
"""How much of a value is looked at, in bytes or characters, before it is shortened."""
METADATA_VALUES: Final = 4
"""How many different values of one kind a sentence repeats."""
METADATA_ENTRIES: Final = 200
"""Entries of one directory, or finds in one file, that are looked at."""
METADATA_READ_BYTES: Final = 4 * 1024 * 1024
"""How much is read of one entry, unpacked: a small file may unpack to gigabytes."""
METADATA_PARTS: Final = 20_000
"""Segments or chunks of one picture; real ones have under 6,000, and one with more is left alone."""
METADATA_STREAMS: Final = 2_000
"""Object streams of one PDF that are unpacked; each has some hundred objects."""
METADATA_STREAM_BYTES: Final = 256 * 1024
"""The longest of them, packed."""
METADATA_BLOCK_BYTES: Final = 64 * 1024
"""The longest Exif block of a JPEG (ITU-T T.81: the length of a segment has 16 bits)."""
METADATA_PICTURES: Final = 50
"""Pictures in one document that are looked at."""
METADATA_REPORTS_KEPT: Final = 500
"""Files of which one process remembers what they tell: to look anew reads the whole file."""
