"""Which files the rows need: the originals. Smaller pictures can be made anew from them."""

from talelio_backend.app_assets.domain.image_file import FOLDER

ORIGINALS = f'''
    SELECT '{FOLDER}' || owner_id || '/images/' || id || '.' || extension FROM image
'''
