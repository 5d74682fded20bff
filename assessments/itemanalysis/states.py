"""The words of item analysis: what is worth a second look, and what to do about it."""

from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Flag(TextChoices):
    """What can be the matter with a question, the gravest first."""

    KEY_SUSPECTED = "key_suspected", _("key may be wrong")
    NEGATIVE = "negative", _("the better ones fail it")
    TOO_HARD = "too_hard", _("too hard")
    TOO_EASY = "too_easy", _("too easy")
    DEAD_DISTRACTOR = "dead_distractor", _("option hardly chosen")


#: What to do. `%(options)s` are the letters of the options the flag is about.
ADVICE = MappingProxyType(
    {
        Flag.KEY_SUSPECTED: _(
            "Look at option %(options)s: those who do well elsewhere choose it more than the key. Check which answer is right; if the key is wrong, correct it and regrade."
        ),
        Flag.NEGATIVE: _(
            "Those who do well elsewhere get it wrong more often than the others. Look for a wrong key, a trap or an ambiguous wording."
        ),
        Flag.TOO_HARD: _(
            "Hardly anybody gets it right, no more than by guessing. Check the key and the wording, and whether the lesson teaches it."
        ),
        Flag.TOO_EASY: _(
            "Nearly everybody gets it right, so it tells nobody apart. Keep it if it must be known; otherwise make it harder."
        ),
        Flag.DEAD_DISTRACTOR: _(
            "Hardly anybody chooses %(options)s. Write a wrong answer that people really give, or leave it out."
        ),
    }
)

#: Said in addition where the interval doesn't exclude it.
MAY_BE_CHANCE = _("With so few learners it may still be chance.")
