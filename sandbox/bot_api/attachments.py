"""The file of a call: uploaded with it, or known by its file_id."""

from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.bot_api.params import Params, Upload
from sandbox.files import PHOTO_MAX, UPLOAD_MAX, FileKind, StoredFile, picture_size
from sandbox.world import World

_ATTACHED = "attach://"


def document_of(world: World, params: Params) -> StoredFile:
    """The `document` of sendDocument."""
    found = _file(world, params, "document", FileKind.DOCUMENT)
    if isinstance(found, StoredFile):
        return found
    return world.files.add(
        kind=FileKind.DOCUMENT, name=found.name, mime_type=found.mime_type, content=found.content
    )


def photo_of(world: World, params: Params) -> StoredFile:
    """The `photo` of sendPhoto: a picture whose sides make sense to Telegram."""
    found = _file(world, params, "photo", FileKind.PHOTO)
    if isinstance(found, StoredFile):
        return found
    if len(found.content) > PHOTO_MAX:
        raise bad_request("file is too big")
    size = picture_size(found.content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > 10_000 or max(size) > 20 * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return world.files.add(
        kind=FileKind.PHOTO, name=found.name, mime_type=found.mime_type, content=found.content
    )


def _file(world: World, params: Params, name: str, kind: FileKind) -> StoredFile | Upload:
    written = params.text(name).strip()
    upload = params.uploads.get(name)
    if upload is None and written.startswith(_ATTACHED):
        upload = params.uploads.get(written.removeprefix(_ATTACHED))
    if upload is not None:
        return _checked(upload)
    if not written or written.startswith(_ATTACHED):
        raise bad_request(f"there is no {name} in the request")
    if written.startswith(("http://", "https://")):
        # The sandbox fetches nothing from outside: to the bot it looks like an address that does not answer.
        raise bad_request("failed to get HTTP URL content")
    known = world.files.by_id.get(written)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if known.kind is not kind:
        raise bad_request(f"can't use file of type {known.kind} as {kind}")
    return known


def _checked(upload: Upload) -> Upload:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > UPLOAD_MAX:
        raise ApiError(413, "Request Entity Too Large")
    return upload
