"""Taking over questions from a file, and writing them into one."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.bank.formats import FORMATS
from assessments.bank.formats.records import MOST_FILE_BYTES
from assessments.bank.states import QuestionStatus, QuestionUse
from lms.skills.models import Skill

WRITTEN = [(each.name, each.label) for each in FORMATS.values() if each.write]


class ImportOptionsForm(forms.Form):
    """How a file is to be read, and what counts where it says nothing."""

    format = forms.ChoiceField(
        label=_("Format"), choices=[("", _("by the file itself")), *((f.name, f.label) for f in FORMATS.values())],
        required=False,
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("zh", _("Chinese")), ("en", _("English"))],
        initial="zh",
        help_text=_("Of texts that don’t say theirs. Spreadsheets have a column for each."),
    )
    skill = forms.ModelChoiceField(
        Skill.objects.all(),
        label=_("Skill"),
        required=False,
        empty_label=_("only what the file says"),
        help_text=_("For questions that name none. Without one they are refused."),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=QuestionStatus.choices,
        initial=QuestionStatus.DRAFT,
        help_text=_("Of new questions that don’t say theirs. Only ready questions are drawn."),
    )
    is_all_or_nothing = forms.BooleanField(
        label=_("All of the file or nothing"),
        required=False,
        help_text=_("As soon as one question is refused, none is imported."),
    )


class ImportForm(ImportOptionsForm):
    """The file with it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "GIFT, Moodle XML, Aiken, QTI 2.1 or 2.2 (XML or zip), our spreadsheet (xlsx or CSV); up to 64 MB."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".txt,.gift,.xml,.zip,.xlsx,.csv,.tsv"}),
    )
    field_order = ("file",)

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_BYTES:
            most = MOST_FILE_BYTES // 1024 // 1024
            raise forms.ValidationError(_("The file is larger than %(most)s MB. Split it."), params={"most": most})
        return file


class ExportForm(forms.Form):
    """Which questions, into which format."""

    format = forms.ChoiceField(label=_("Format"), choices=WRITTEN, initial="moodlexml")
    skill = forms.ModelChoiceField(Skill.objects.all(), label=_("Skill"), required=False, empty_label=_("All"))
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    use = forms.ChoiceField(label=_("Use"), choices=[("", _("All")), *QuestionUse.choices], required=False)
    status = forms.ChoiceField(label=_("Status"), choices=[("", _("All")), *QuestionStatus.choices], required=False)

    def __init__(self, *args: Any, tags: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].choices = [("", _("All")), *((tag, tag) for tag in tags)]
