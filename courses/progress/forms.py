"""The shape of a reading heartbeat."""

from django import forms


class BeatForm(forms.Form):
    """Seconds of active reading since the last beat, and the block at the top of the window."""

    active_seconds = forms.IntegerField(min_value=0)
    place = forms.RegexField(regex=r"^[\w-]*$", max_length=36, required=False)
