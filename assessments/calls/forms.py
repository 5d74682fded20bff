"""Files that people hand in: an export of calls, a recording."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.calls.rules import recording_suffix

EXPORT_MEGABYTES = 50
RECORDING_MEGABYTES = 200


def _check_size(upload: UploadedFile, megabytes: int) -> UploadedFile:
    if (upload.size or 0) > megabytes * 1024 * 1024:
        raise forms.ValidationError(_("The file is larger than %(most)s MB."), params={"most": megabytes})
    return upload


class ImportForm(forms.Form):
    """An export of the recording platform."""

    source = forms.CharField(
        label=_("Recording platform"),
        max_length=60,
        initial="recorder",
        help_text=_("Call ids are unique within a platform. Use the same name each time."),
    )
    file = forms.FileField(
        label=_("Export file"),
        help_text=_("CSV (UTF-8 or GB18030; comma, semicolon or tab) or xlsx."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls"}),
    )

    def clean_file(self) -> UploadedFile:
        return _check_size(self.cleaned_data["file"], EXPORT_MEGABYTES)


class RecordingForm(forms.Form):
    """The audio of one call."""

    recording = forms.FileField(
        label=_("Recording"),
        help_text=_("wav, mp3, m4a, ogg or webm"),
        widget=forms.ClearableFileInput(attrs={"accept": ".wav,.mp3,.m4a,.ogg,.webm,audio/*"}),
    )

    def clean_recording(self) -> UploadedFile:
        upload: Any = _check_size(self.cleaned_data["recording"], RECORDING_MEGABYTES)
        head = upload.read(64)
        upload.seek(0)
        if recording_suffix(head) is None:
            raise forms.ValidationError(_("This isn't a wav, mp3, m4a, ogg or webm recording."))
        return upload
