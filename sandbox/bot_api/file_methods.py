"""getFile."""

from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.params import Params
from sandbox.files import DOWNLOAD_MAX
from sandbox.world import World


def get_file(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#getfile"""
    written = params.text("file_id").strip()
    if not written:
        raise bad_request("file_id not specified")
    file = world.files.by_id.get(written)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > DOWNLOAD_MAX:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.content),
        "file_path": file.path,
    }
