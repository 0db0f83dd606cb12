from hashlib import sha256

from talelio_backend.operations.domain.inventory import MediaFile, inventory


def test_the_hash_is_over_the_sorted_lines() -> None:
    files = [MediaFile('b', 2, 'etag-b'), MediaFile('a/ä', 10, 'etag-a')]
    media = inventory('content', files)
    lines = 'a/ä\t10\tetag-a\nb\t2\tetag-b\n'
    assert (media.bucket, media.objects, media.bytes) == ('content', 2, 12)
    assert media.sha256 == sha256(lines.encode()).hexdigest()
    assert inventory('content', reversed(files)) == media


def test_an_empty_bucket_has_an_inventory() -> None:
    assert inventory('content', []).sha256 == sha256(b'').hexdigest()
