"""Private files: recordings, uploads, question media, certificates. They have no public address."""

from django.core.files.storage import FileSystemStorage, storages


class PrivateFileSystemStorage(FileSystemStorage):
    """A local folder that refuses to make a URL: only `lms.kernel.views.private_file` hands its files out."""

    def __init__(self, location=None, **options):
        options.pop("base_url", None)
        super().__init__(location=location, base_url=None, file_permissions_mode=0o600, **options)

    def url(self, name):
        raise ValueError("Private files have no public address; link to the private-file view instead.")


def private_storage():
    """For FileField(storage=private_storage), so that migrations don't freeze the edition's settings."""
    return storages["private"]
