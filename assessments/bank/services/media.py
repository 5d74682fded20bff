"""Pictures and recordings of questions."""

from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.bank.models import QuestionMedia
from assessments.bank.rules.media import MOST_MEDIA_BYTES, media_key, media_kind, media_type
from lms.audit import services as audit
from lms.people.models import User


class UnfitMedia(ValueError):
    """The file is neither a picture nor a recording that browsers show, or too large; `words` says so."""

    def __init__(self, words: Any) -> None:
        super().__init__(str(words))
        self.words = words


def checked_media(content: bytes) -> tuple[str, str]:
    """(content type, usual ending) of a file that may be put into the bank. Raises UnfitMedia."""
    if len(content) > MOST_MEDIA_BYTES:
        raise UnfitMedia(_("The file is larger than 20 MB."))
    found = media_type(content)
    if found is None:
        raise UnfitMedia(
            _("Only PNG, JPEG, GIF and WebP pictures and MP3, M4A, Ogg, WebM and WAV recordings can be shown.")
        )
    return found


@transaction.atomic
def keep_media(content: bytes, *, name: str, actor: User | None, at: datetime) -> QuestionMedia:
    """Put a picture or a recording into the bank; the same bytes again are the row there is. Raises UnfitMedia."""
    content_type, ending = checked_media(content)
    key = media_key(content)
    before = QuestionMedia.objects.filter(key=key).first()
    if before is not None:
        return before
    media = QuestionMedia(
        key=key,
        kind=media_kind(content_type),
        name=PurePath(name).name[:200] or f"{key}.{ending}",
        content_type=content_type,
        bytes=len(content),
        uploaded_by=actor,
        uploaded_at=at,
    )
    media.file.save(f"{key}.{ending}", ContentFile(content), save=False)
    media.save()
    audit.record(actor=actor, action="question_media_kept", subject=media, at=at)
    return media
