"""The API calls for buckets and the packages in them, and the keys that are kept of each answer."""

from dataclasses import replace

from csr_templates.preflight.calls import GLOBAL, ApiCall
from csr_templates.preflight.facts import Query

own_buckets = ApiCall("s3 ListBuckets", path="Buckets", keep="Name", region=GLOBAL)
"""The buckets of the account."""

bucket = ApiCall("s3 HeadBucket", "Bucket", keep="BucketRegion", absent="404")
"""Whether a bucket exists, in any account; absent if the name is free."""

bucket_versioning = ApiCall("s3 GetBucketVersioning", "Bucket", keep="Status")
"""The versioning of a bucket."""

_object = ApiCall(
    "s3 HeadObject",
    "Bucket Key",
    keep="ContentLength VersionId ChecksumSHA256",
    absent="404 NoSuchKey NoSuchVersion 400",
    fixed=(("ChecksumMode", "ENABLED"),),
)

_content = ApiCall("s3 GetObject", "Bucket Key")


def package(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The size and checksum of an object; absent if it, or this version of it, does not exist."""
    return _of_version(_object.query(region, bucket_name, key), version)


def package_files(region: str, bucket_name: str, key: str, version: str) -> Query:
    """The files of a zip archive and their sizes, read from its directory at the end of the object."""
    return _of_version(_content.query(region, bucket_name, key), version)


def _of_version(query: Query, version: str) -> Query:
    if not version:
        return query
    return replace(query, parameters=(*query.parameters, ("VersionId", version)))
