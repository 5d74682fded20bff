"""What is seen and heard: pictures, recordings, films, tours of a screen, files to take along."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.shortcuts import get_rendition_or_not_found

from courses.catalogue.blocks.choosers import RENDITION, FilmChooserBlock, PictureChooserBlock, RecordingChooserBlock
from courses.catalogue.blocks.samples import MEDIA, SampledBlock
from courses.catalogue.models.media import CourseMedia
from courses.catalogue.states import MediaKind
from lms.kernel.bilingual import in_language

WANTS_RECORDING = _("This is a film. Choose a recording here.")
WANTS_FILM = _("This is a recording. Choose a film here.")
NEEDS_WORDS = _(
    "This picture has no alternative text yet. Write one here or in the image library, or say that it is decoration."
)


@dataclass(frozen=True)
class Picture:
    """A picture as a page draws it; `file` in pixels."""

    url: str
    width: int
    height: int


def language_of(context: dict[str, Any]) -> str:
    """The language the lesson is in."""
    page = context.get("page")
    return page.locale.language_code if page else get_language() or "zh-hans"


def drawn(image: Any, context: dict[str, Any]) -> Picture | None:
    """The picture at the size of a lesson; a drawing of a screen in a sample; None where nothing is chosen."""
    if image:
        found = get_rendition_or_not_found(image, RENDITION)
        return Picture(found.url, found.width, found.height)
    return Picture(static("courses/sample-screen.svg"), 1200, 675) if context.get("is_sample") else None


def words_for(value: Any, context: dict[str, Any]) -> str:
    """The alternative text: the block's own, else the library's in the lesson's language, else in the other."""
    if value.get("is_decorative"):
        return ""
    own = value.get("alt") or ""
    return own or (in_language(value["image"], "alt", language_of(context)) if value["image"] else "")


def lacks_words(value: Any) -> bool:
    image = value.get("image")
    return bool(image) and not (value.get("is_decorative") or value.get("alt") or image.alt_zh or image.alt_en)


class PictureBlock(SampledBlock):
    """A picture with what it shows in words, and whose it is."""

    image = PictureChooserBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, label=pgettext_lazy("picture", "Caption"))
    alt = blocks.CharBlock(
        required=False,
        max_length=250,
        label=_("Alternative text"),
        help_text=_("What the picture shows, for who can't see it. Left empty, the image library's text is used."),
    )
    is_decorative = blocks.BooleanBlock(
        required=False, label=_("Only decoration"), help_text=_("It says nothing that the text doesn't say.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and lacks_words(cleaned):
            raise blocks.StructBlockValidationError(block_errors={"alt": ValidationError(NEEDS_WORDS)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The picture at its size, and the alternative text in the language the lesson is in."""
        context = super().get_context(value, parent_context=parent_context)
        return {**context, "picture": drawn(value["image"], context), "alt": words_for(value, context)}

    def sample(self) -> dict[str, Any]:
        return {"caption": gettext("The customer's page: look here before you ask."), "alt": gettext("A screen")}

    class Meta:
        template = "courses/blocks/picture.html"
        icon = "image"
        label = _("Image")
        group = MEDIA
        description = _("A picture with a caption, its alternative text and its rights.")


class AudioBlock(SampledBlock):
    """A recording with what is said in it."""

    recording = RecordingChooserBlock(label=_("Recording"))
    title = blocks.CharBlock(
        required=False, label=_("Title"), help_text=_("Left empty, the title of the recording is shown.")
    )
    caption = blocks.TextBlock(required=False, label=_("What to listen for"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["recording"] and cleaned["recording"].kind != MediaKind.AUDIO:
            raise blocks.StructBlockValidationError(block_errors={"recording": ValidationError(WANTS_RECORDING)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        return {**context, **played(value["recording"], context)}

    def sample(self) -> dict[str, Any]:
        recording = CourseMedia(
            kind=MediaKind.AUDIO,
            title=gettext("A hold, announced well"),
            seconds=42,
            transcript_zh="座席：我查一下账单，大约需要一分钟，您方便稍等吗？\n客户：可以。",
            transcript_en="Agent: Let me look up the bill, that takes about a minute. May I put you on hold?\nCustomer: Yes.",
        )
        return {"recording": recording, "caption": gettext("Listen for the reason and the length.")}

    class Meta:
        template = "courses/blocks/audio.html"
        icon = "media"
        label = _("Recording")
        group = MEDIA
        description = _("A recording to listen to, with its transcript.")


class VideoBlock(SampledBlock):
    """A film with captions."""

    film = FilmChooserBlock(label=_("Film"))
    title = blocks.CharBlock(
        required=False, label=_("Title"), help_text=_("Left empty, the title of the film is shown.")
    )
    caption = blocks.TextBlock(required=False, label=_("What to look for"))
    poster = PictureChooserBlock(
        required=False, label=_("Still picture"), help_text=_("Shown until the film is started.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["film"] and cleaned["film"].kind != MediaKind.VIDEO:
            raise blocks.StructBlockValidationError(block_errors={"film": ValidationError(WANTS_FILM)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        film = value["film"]
        return {
            **context,
            **played(film, context),
            "poster": drawn(value["poster"], context),
            "tracks": _tracks(film, language_of(context)) if film and film.pk else [],
        }

    def sample(self) -> dict[str, Any]:
        film = CourseMedia(kind=MediaKind.VIDEO, title=gettext("Opening a ticket in the CRM"), seconds=95)
        return {"film": film, "caption": gettext("Look where the category is chosen.")}

    class Meta:
        template = "courses/blocks/video.html"
        icon = "media"
        label = _("Film")
        group = MEDIA
        description = _("A film with captions, streamed from this server.")


def played(media: CourseMedia | None, context: dict[str, Any]) -> dict[str, Any]:
    """What a player needs: the door that streams, and the transcript in the lesson's language or in the other."""
    if media is None:
        return {"media": None}
    language = language_of(context)
    transcript = in_language(media, "transcript", language)
    own = media.transcript_en if language.startswith("en") else media.transcript_zh
    return {
        "media": media,
        "length": f"{media.seconds // 60}:{media.seconds % 60:02}" if media.seconds else "",
        "source": reverse("private-file", args=["course-media", media.pk]) if media.pk else "",
        "transcript": transcript,
        "transcript_language": language if own else _other(language),
        "is_other_language": bool(transcript) and not own,
    }


def _other(language: str) -> str:
    return "zh-hans" if language.startswith("en") else "en"


def _tracks(film: CourseMedia, language: str) -> list[dict[str, Any]]:
    """Captions by language; those of the lesson's language are on, or the only ones there are."""
    names = {"zh": ("zh-hans", "简体中文"), "en": ("en", "English")}
    there = [suffix for suffix in names if getattr(film, f"captions_{suffix}")]
    own = "en" if language.startswith("en") else "zh"
    first = own if own in there else next(iter(there), "")
    return [
        {
            "url": reverse("private-file", args=[f"course-captions-{suffix}", film.pk]),
            "language": names[suffix][0],
            "label": names[suffix][1],
            "is_default": suffix == first,
        }
        for suffix in there
    ]


class PointBlock(blocks.StructBlock):
    """One point of a screen; its place in per cent from the left and from the top."""

    x = blocks.IntegerBlock(min_value=0, max_value=100, label=_("From the left (%)"))
    y = blocks.IntegerBlock(min_value=0, max_value=100, label=_("From the top (%)"))
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    text = blocks.TextBlock(label=_("Text"))

    class Meta:
        icon = "crosshairs"
        label = pgettext_lazy("screen tour", "Point")


class ScreenTourBlock(SampledBlock):
    """A picture of a screen with numbered points. Without JavaScript the points lead to the list below."""

    title = blocks.CharBlock(required=False, label=_("Title"))
    image = PictureChooserBlock(label=_("Picture of the screen"))
    alt = blocks.CharBlock(
        required=False,
        max_length=250,
        label=_("Alternative text"),
        help_text=_("What the picture shows, for who can't see it. Left empty, the image library's text is used."),
    )
    points = blocks.ListBlock(PointBlock(), min_num=1, max_num=20, label=pgettext_lazy("screen tour", "Points"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and lacks_words(cleaned):
            raise blocks.StructBlockValidationError(block_errors={"alt": ValidationError(NEEDS_WORDS)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        return {
            **context,
            "picture": drawn(value["image"], context),
            "alt": words_for(value, context),
            "name": f"tour-{context.get('id') or 'sample'}",
        }

    def sample(self) -> dict[str, Any]:
        return {
            "title": gettext("The customer's page at a glance"),
            "alt": gettext("A screen"),
            "points": [
                {
                    "x": 13,
                    "y": 24,
                    "title": gettext("Who is calling"),
                    "text": gettext("Verify before you read it out."),
                },
                {
                    "x": 58,
                    "y": 45,
                    "title": gettext("Open tickets"),
                    "text": gettext("Look here first on a second call."),
                },
                {"x": 86, "y": 82, "title": gettext("Save"), "text": gettext("Nothing is kept before you press it.")},
            ],
        }

    class Meta:
        template = "courses/blocks/screen_tour.html"
        icon = "crosshairs"
        label = _("Screen tour")
        group = MEDIA
        description = _("A picture of a screen with numbered points that explain it.")


class DocumentBlock(SampledBlock):
    """A file to download."""

    document = DocumentChooserBlock(label=_("Document"))
    note = blocks.TextBlock(required=False, label=_("What it is for"))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        document = value["document"]
        return {
            **context,
            "document": document,
            "ending": PurePath(document.filename).suffix.lstrip(".").upper() if document else "",
            "url": document.url if document and document.pk else "",
        }

    def sample(self) -> dict[str, Any]:
        document = get_document_model()(
            title=gettext("Checklist for the first call"), file="documents/checklist.pdf", file_size=184_320
        )
        return {"document": document, "note": gettext("Print it and keep it at your seat.")}

    class Meta:
        template = "courses/blocks/document.html"
        icon = "doc-full-inverse"
        label = _("Document")
        group = MEDIA
        description = _("A file to download, with its type and size.")
