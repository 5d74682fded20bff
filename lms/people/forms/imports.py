"""The file that somebody uploads."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

SIZE_LIMIT = 10 * 1024 * 1024


class UploadForm(forms.Form):
    """A CSV or a workbook; what is in it is judged by its content, not by its name."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8 or GB18030; comma, semicolon or tab) or Excel (.xlsx), up to 10 MB."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > SIZE_LIMIT:
            raise ValidationError(_("The file is larger than 10 MB. Split it."))
        return file


class LineFilterForm(forms.Form):
    """Which lines of a preview are shown: somebody's, by name or number."""

    kind = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Name or number"), required=False, max_length=80)
