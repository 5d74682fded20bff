"""Keeping on record which source a translation is in step with, and making translations."""

from datetime import datetime

from django.db import transaction
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.models import Locale

from courses.catalogue.models import TaughtPage
from courses.catalogue.services import catalogue_root
from courses.translations.models import TranslationState
from courses.translations.queries import content_of
from lms.audit import services as audit
from lms.people.models import User


def note_publication(page: TaughtPage, *, actor: User | None, at: datetime) -> None:
    """A page was published. A translation is in step with its source from now on; a source that says the same as before
    takes its translations along."""
    if not page.live:
        return  # scheduled: readers don't have it yet
    source = page.source
    if source.pk != page.pk:
        _keep(page, source, actor=actor, at=at)
        return
    states = TranslationState.objects.filter(
        page__translation_key=page.translation_key, source_revision__isnull=False
    ).exclude(source_revision=page.live_revision_id)
    for state in states.select_related("source_revision"):
        if content_of(state.source_revision.as_object()) == content_of(page):
            state.source_revision_id = page.live_revision_id
            state.save(update_fields=["source_revision"])


@transaction.atomic
def mark_in_step(translation: TaughtPage, *, actor: User, at: datetime) -> TranslationState:
    """An author finds that the translation says what its source says now. Audited."""
    state = _keep(translation, translation.source, actor=actor, at=at)
    audit.record(actor=actor, action="translation_in_step", subject=translation.page_ptr, at=at)
    return state


def _keep(translation: TaughtPage, source: TaughtPage, *, actor: User | None, at: datetime) -> TranslationState:
    state, _made = TranslationState.objects.update_or_create(
        page_id=translation.pk,
        defaults={"source_revision_id": source.live_revision_id, "marked_by": actor, "marked_at": at},
    )
    return state


@transaction.atomic
def make_translation(source: TaughtPage, language: str, *, actor: User, at: datetime) -> TaughtPage:
    """A draft in the other language that begins as a copy of the source, below the same course. A course that isn't
    translated yet gets its own draft, too: Wagtail would make an alias of it, which nobody can write in. Who comes
    second gets the page that is there."""
    locale = Locale.objects.get(language_code=language)
    there = source.get_translation_or_none(locale)
    if there is not None and there.alias_of_id is None:
        return there.specific
    if there is not None:
        page = ConvertAliasPageAction(there.specific, user=actor).execute(skip_permission_checks=True)
    else:
        above = source.get_parent().specific
        if isinstance(above, TaughtPage):
            make_translation(above, language, actor=actor, at=at)
        else:
            catalogue_root(language)
        page = CopyPageForTranslationAction(source, locale, user=actor).execute(skip_permission_checks=True)
    audit.record(actor=actor, action="translation_made", subject=page.page_ptr, at=at)
    return page
