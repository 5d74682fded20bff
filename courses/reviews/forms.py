"""The one question about publishing."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PublishingRuleForm(forms.Form):
    needs_review = forms.BooleanField(
        required=False,
        label=_("Publishing needs a review"),
        help_text=_(
            "Training specialists then submit their pages, and another author approves them or sends them back. "
            "QC leads still publish and unpublish by themselves."
        ),
    )
