import struct
import zlib

import pytest

from sandbox import files
from tests.sandbox.hands import GROUP, LAN, TOKEN, Hands


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def upload(sandbox: Hands, method: str, part: str, name: str, content: bytes, **params: str) -> object:
    answer = sandbox.http.post(
        f"{sandbox.url}/bot{TOKEN}/{method}",
        data={"chat_id": str(LAN)} | params,
        files={part: (name, content, "application/octet-stream")},
    ).json()
    return answer.get("result") or answer["description"]


def test_a_document_is_uploaded_sent_again_by_its_id_and_downloaded(sandbox: Hands) -> None:
    sent = upload(
        sandbox,
        "sendDocument",
        "document",
        "báo cáo.docx",
        b"PK\3\4",
        caption="<b>Quý I</b>",
        parse_mode="HTML",
    )
    assert isinstance(sent, dict)

    again = sandbox.ok("sendDocument", chat_id=LAN, document=sent["document"]["file_id"])
    path = sandbox.ok("getFile", file_id=sent["document"]["file_id"])["file_path"]
    content = sandbox.http.get(f"{sandbox.url}/file/bot{TOKEN}/{path}").content

    assert sent["document"]["file_name"] == "báo cáo.docx"
    assert (sent["caption"], sent["caption_entities"][0]["type"]) == ("Quý I", "bold")
    assert again["document"] == sent["document"]
    assert content == b"PK\3\4"


def test_an_attached_file_is_named_by_its_part(sandbox: Hands) -> None:
    sent = upload(sandbox, "sendDocument", "part7", "a.txt", b"x", document="attach://part7")

    assert isinstance(sent, dict)
    assert sent["document"]["file_size"] == 1


def test_a_photo_has_its_measures(sandbox: Hands) -> None:
    sent = upload(sandbox, "sendPhoto", "photo", "a.png", png(40, 30))

    assert isinstance(sent, dict)
    assert [(size["width"], size["height"]) for size in sent["photo"]] == [(40, 30)]


REFUSED = [
    ("sendPhoto", "photo", b"not a picture", "Bad Request: IMAGE_PROCESS_FAILED"),
    ("sendPhoto", "photo", png(2, 100), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
    ("sendDocument", "document", b"", "Bad Request: file must be non-empty"),
    ("sendDocument", "other", b"x", "Bad Request: there is no document in the request"),
]


@pytest.mark.parametrize(("method", "part", "content", "words"), REFUSED)
def test_a_file_that_will_not_do_is_refused(
    sandbox: Hands, method: str, part: str, content: bytes, words: str
) -> None:
    assert upload(sandbox, method, part, "a", content) == words


def test_a_long_caption_is_refused(sandbox: Hands) -> None:
    words = upload(sandbox, "sendDocument", "document", "a", b"x", caption="ạ" * 1025)

    assert words == "Bad Request: message caption is too long"


def test_a_document_is_not_a_photo_and_an_unknown_id_is_nothing(sandbox: Hands) -> None:
    sent = upload(sandbox, "sendDocument", "document", "a", b"x")
    assert isinstance(sent, dict)

    wrong_kind = sandbox.refused("sendPhoto", chat_id=LAN, photo=sent["document"]["file_id"])
    unknown = sandbox.refused("sendPhoto", chat_id=LAN, photo="AgACAg")
    lost = sandbox.refused("getFile", file_id="AgACAg")

    assert wrong_kind == "Bad Request: can't use file of type Document as Photo"
    assert unknown == "Bad Request: wrong file identifier/HTTP URL specified"
    assert lost == "Bad Request: wrong file_id or the file is temporarily unavailable"


def test_what_is_too_big_is_refused(sandbox: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sandbox.bot_api.attachments.UPLOAD_MAX", "sandbox.bot_api.file_methods.DOWNLOAD_MAX"):
        monkeypatch.setattr(module, 10)
    small = upload(sandbox, "sendDocument", "document", "a", b"x" * 10)
    assert isinstance(small, dict)
    monkeypatch.setattr("sandbox.bot_api.file_methods.DOWNLOAD_MAX", 9)

    too_big = upload(sandbox, "sendDocument", "document", "a", b"x" * 11)
    download = sandbox.refused("getFile", file_id=small["document"]["file_id"])

    assert too_big == "Request Entity Too Large"
    assert download == "Bad Request: file is too big"
    assert files.UPLOAD_MAX == 50 * 1024 * 1024


@pytest.mark.parametrize(
    ("where", "name", "content", "field"),
    [("photos", "a.png", png(4, 3), "photo"), ("documents", "a.pdf", b"%PDF", "document")],
)
def test_a_person_sends_a_file_with_a_caption(
    sandbox: Hands, where: str, name: str, content: bytes, field: str
) -> None:
    sandbox.http.post(
        f"{sandbox.url}/control/chats/{LAN}/{where}",
        data={"from": str(LAN), "caption": "/done 2.6a"},
        files={"file": (name, content)},
    ).raise_for_status()

    (update,) = sandbox.ok("getUpdates")
    assert field in update["message"]
    assert update["message"]["caption_entities"] == [{"offset": 0, "length": 5, "type": "bot_command"}]


def test_a_file_in_reply_to_the_bot_reaches_it_from_a_group_too(sandbox: Hands) -> None:
    buttons = {"inline_keyboard": [[{"text": "Xác nhận", "callback_data": "yes:1"}]]}
    asked = sandbox.ok("sendMessage", chat_id=GROUP, text="Xong?", reply_markup=buttons)["message_id"]
    for reply in ({}, {"reply_to_message_id": str(asked)}):
        sandbox.http.post(
            f"{sandbox.url}/control/chats/{GROUP}/photos",
            data={"from": str(LAN)} | reply,
            files={"file": ("a.png", png(4, 3))},
        ).raise_for_status()

    (update,) = sandbox.ok("getUpdates")

    assert update["message"]["reply_to_message"]["message_id"] == asked
    assert update["message"]["reply_to_message"]["reply_markup"] == buttons


@pytest.mark.parametrize(("number", "status"), [("x", 400), ("-1", 400), ("99", 404)])
def test_a_file_in_reply_to_nothing_is_refused(sandbox: Hands, number: str, status: int) -> None:
    answer = sandbox.http.post(
        f"{sandbox.url}/control/chats/{LAN}/photos",
        data={"from": str(LAN), "reply_to_message_id": number},
        files={"file": ("a.png", png(4, 3))},
    )

    assert answer.status_code == status


def test_the_page_shows_pictures_and_saves_everything_else(sandbox: Hands) -> None:
    upload(sandbox, "sendPhoto", "photo", "a.png", png(4, 3))
    upload(sandbox, "sendDocument", "document", "báo cáo.html", b"<script>")

    picture, page = (sandbox.http.get(sandbox.url + one["file_url"]) for one in sandbox.messages())

    assert (picture.headers["content-type"], picture.content) == ("image/png", png(4, 3))
    assert "content-disposition" not in picture.headers
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment; filename*=UTF-8''b%C3%A1o")


SIZES = [
    (png(7, 5), (7, 5)),
    (b"GIF89a" + struct.pack("<HH", 7, 5), (7, 5)),
    (b"\xff\xd8\xff\xe0\0\4\0\0\xff\xc0\0\x0b\x08\0\5\0\7\0\0\0", (7, 5)),
    (b"\xff\xd8\xff", None),
    (b"BM", None),
]


@pytest.mark.parametrize(("content", "size"), SIZES)
def test_a_pictures_size_is_read_from_its_head(content: bytes, size: tuple[int, int] | None) -> None:
    assert files.picture_size(content) == size
