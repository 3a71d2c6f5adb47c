"""Files for tests: small, whole ones of each type that is accepted."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def png(width: int = 3, height: int = 2) -> bytes:
    """A PNG that says it has these sides."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0\0\0" * 2))
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 3, height: int = 2, ending: bytes = b"\xff\xd9") -> bytes:
    """The markers of a JPEG that says it has these sides."""
    application = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + b"\0" * 9
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return (
        b"\xff\xd8"
        + application
        + frame
        + b"\xff\xda"
        + struct.pack(">H", 8)
        + b"\0" * 6
        + b"x" * 20
        + ending
    )


def archive(entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP with these entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, body in entries.items():
            file.writestr(name, body)
    return made.getvalue()


def lying_archive(entries: dict[str, bytes], name: str, *, claims: int, holds: int = 300_000_000) -> bytes:
    """A ZIP of these entries and of one that unpacks to `holds` zeros, while its table says `claims`, with a sum to match."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = (
        b"".join(packer.compress(bytes(1_000_000)) for _turn in range(holds // 1_000_000)) + packer.flush()
    )
    parts = [(key, body, len(body), zlib.crc32(body), 0) for key, body in entries.items()]
    parts.insert(0, (name, packed, claims, zlib.crc32(bytes(claims)), 8))
    body, table = b"", b""
    for key, data, size, crc, method in parts:
        known = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, crc, len(data), size, len(key), 0)
        table += b"PK\1\2\x14\0" + known + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + key.encode()
        body += b"PK\3\4" + known + key.encode() + data
    count = len(parts)
    return body + table + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(table), len(body), 0)


def docx(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


def xlsx(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>", **more})


def odf(kind: str = "text", **more: bytes) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive({"mimetype": mimetype, "content.xml": b"<office/>", **more})


WHOLE = {
    "a.pdf": PDF,
    "a.PDF": PDF,
    "a.png": png(),
    "a.jpg": jpeg(),
    "a.jpeg": jpeg(4000, 3000, b"\xff\xd9 what a camera adds"),
    "a.docx": docx(),
    "a.xlsx": xlsx(),
    "a.odt": odf(),
    "a.ods": odf("spreadsheet"),
}


def upload(
    name: str = "a.pdf", body: bytes = PDF, content_type: str = "application/octet-stream"
) -> SimpleUploadedFile:
    """A file as a form receives it."""
    return SimpleUploadedFile(name, body, content_type)


def upload_on_disk(name: str = "a.pdf", body: bytes = PDF) -> TemporaryUploadedFile:
    """The same as the site receives it: in a temporary file."""
    made = TemporaryUploadedFile(name, "application/octet-stream", len(body), None)
    made.write(body)
    made.seek(0)
    return made
