from pathlib import Path

import boto3
import botocore
import botocore.client

import tests.aws_server


def test_tests_speak_to_s3_through_the_library_of_production() -> None:
    """The AWS command line brings one of its own, which nobody here may get by importing it."""
    assert tests.aws_server
    beside = Path(boto3.__file__).parents[1] / 'botocore'
    assert Path(botocore.__file__).parent == beside
    assert Path(botocore.client.__file__).parent == beside
