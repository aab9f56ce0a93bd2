"""Uploaded files in an S3-compatible store, named by one address: `s3://KEY:SECRET@HOST/BUCKET?region=…`."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def storage_from_url(url: str) -> dict[str, Any]:
    """The STORAGES entry for an address. Raises ImproperlyConfigured for one that names no bucket."""
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if parts.scheme not in ("s3", "s3+http") or not parts.hostname or not bucket:
        raise ImproperlyConfigured("MEDIA_URL_STORAGE must look like s3://KEY:SECRET@HOST/BUCKET")
    port = f":{parts.port}" if parts.port else ""
    scheme = "http" if parts.scheme == "s3+http" else "https"
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "endpoint_url": f"{scheme}://{parts.hostname}{port}",
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        # Two uploads of one name must not replace each other.
        "file_overwrite": False,
        "querystring_auth": False,
    }
    if region := parse_qs(parts.query).get("region"):
        options["region_name"] = region[0]
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
