"""Gives a new Garage its access key and its buckets; run again, it finds them and changes nothing.

The job `s3-setup` of compose.yaml runs it in the image of the API. Standard library only. What it
needs stands in the environment: GARAGE_ADMIN_URL, GARAGE_ADMIN_TOKEN_FILE, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY_FILE, S3_BUCKET, S3_BACKUPS_BUCKET.
"""
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

_PATIENCE = 10.0  # seconds for one answer


class Refused(Exception):
    """One line for whoever reads the log; no secret."""


class Garage:
    """Its administration API, version 2."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip('/')
        self._token = token

    def find(self, call: str, **which: str) -> dict[str, Any] | None:
        """None where there is no such thing."""
        return self._ask(urllib.request.Request(f'{self._url}/v2/{call}?{urlencode(which)}'))

    def change(self, call: str, wanted: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(f'{self._url}/v2/{call}',
                                         data=json.dumps(wanted).encode(),
                                         headers={'Content-Type': 'application/json'})
        changed = self._ask(request)
        if changed is None:
            raise Refused(f'{call}: 404')
        return changed

    def _ask(self, request: urllib.request.Request) -> dict[str, Any] | None:
        request.add_header('Authorization', f'Bearer {self._token}')
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise Refused(f'{request.full_url.partition("?")[0]}: {error.code}') from error
        except OSError as error:
            raise Refused(f'{request.full_url.partition("?")[0]}: {error}') from error


def set_up(garage: Garage, *, key: str, secret: str, buckets: list[str]) -> None:
    """Raises Refused, for a key that is there with another secret too: a changed file is no
    rotation."""
    found = garage.find('GetKeyInfo', id=key, showSecretKey='true')
    if found is None:
        garage.change('ImportKey', {
            'accessKeyId': key,
            'secretAccessKey': secret,
            'name': 'talelio'
        })
        print(f'made the access key {key}')
    elif found.get('secretAccessKey') != secret:
        raise Refused(f'the access key {key} is there with another secret')
    for name in buckets:
        bucket = garage.find('GetBucketInfo', globalAlias=name)
        if bucket is None:
            bucket = garage.change('CreateBucket', {'globalAlias': name})
            print(f'made the bucket {name}')
        garage.change(
            'AllowBucketKey', {
                'bucketId': bucket['id'],
                'accessKeyId': key,
                'permissions': {
                    'read': True,
                    'write': True,
                    'owner': False
                }
            })


def _secret(variable: str) -> str:
    return Path(os.environ[variable]).read_text(encoding='ascii').strip()


def main() -> None:
    try:
        set_up(Garage(os.environ['GARAGE_ADMIN_URL'], _secret('GARAGE_ADMIN_TOKEN_FILE')),
               key=os.environ['AWS_ACCESS_KEY_ID'],
               secret=_secret('AWS_SECRET_ACCESS_KEY_FILE'),
               buckets=[os.environ['S3_BUCKET'], os.environ['S3_BACKUPS_BUCKET']])
    except KeyError as error:
        sys.exit(f'setup_garage.py: {error.args[0]} is missing')
    except (Refused, OSError) as error:
        sys.exit(f'setup_garage.py: {error}')


if __name__ == '__main__':
    main()
