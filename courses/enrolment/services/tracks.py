"""Freezing the rules of tracks."""

from dataclasses import asdict, fields
from datetime import datetime

from django.db import transaction

from courses.catalogue.models import TrackPage
from courses.enrolment.models import TrackStep, TrackVersion
from courses.enrolment.rules.tracks import StepRule, TrackRules, ValidityRules
from lms.audit import services as audit
from lms.people.models import User


@transaction.atomic
def publish_track_version(page: TrackPage, *, actor: User | None, at: datetime) -> TrackVersion | None:
    """Freeze the rules of a published track as its next version, and return the newest one; None while the source page
    has never been published.

    The rules are those of the source page, whichever language was published. Where they are the same as the newest
    version's, that one stays and only takes over titles and address, which are words, not rules. People go on under
    the version they were enrolled in. Audited when a version is made.
    """
    source = page.source
    newest = TrackVersion.objects.filter(track_key=page.translation_key).order_by("-number").first()
    if not source.live:
        return newest
    words = _words_of(source)
    rules = _rules_of_page(source)
    if newest and _rules_of_version(newest) == rules:
        TrackVersion.objects.filter(pk=newest.pk).update(**words)
        newest.refresh_from_db()
        return newest
    version = TrackVersion.objects.create(
        track_key=page.translation_key,
        number=newest.number + 1 if newest else 1,
        published_at=at,
        **asdict(rules.validity),
        **words,
    )
    TrackStep.objects.bulk_create(
        TrackStep(
            version=version,
            order=order,
            kind=step.kind,
            course_key=step.course_key,
            quiz_id=step.quiz_id,
            scenario_id=step.scenario_id,
            due_days=step.due_days,
        )
        for order, step in enumerate(rules.steps, 1)
    )
    audit.record(
        actor=actor,
        action="track_version_published",
        subject=version,
        at=at,
        changes={"version": (newest.number if newest else None, version.number)},
    )
    return version


def _words_of(source: TrackPage) -> dict[str, str]:
    titles = {source.locale.language_code: source.title}
    for page in source.get_translations().live().select_related("locale"):
        titles[page.locale.language_code] = page.title
    return {
        "slug": source.slug,
        "title_zh": titles.get("zh-hans", source.title),
        "title_en": titles.get("en", source.title),
    }


def _rules_of_page(page: TrackPage) -> TrackRules:
    steps = page.steps.select_related("course").order_by("sort_order", "pk")
    return TrackRules(
        validity=ValidityRules(
            validity_months=page.validity_months,
            validity_mode=page.validity_mode,
            calendar_month=page.calendar_month,
            calendar_day=page.calendar_day,
            renewal_days=page.renewal_days,
            refresher_key=page.refresher.translation_key if page.refresher else None,
            counts_rostered_days=page.counts_rostered_days,
        ),
        steps=tuple(
            StepRule(
                kind=step.kind,
                course_key=step.course.translation_key if step.course else None,
                quiz_id=step.quiz_id,
                scenario_id=step.scenario_id,
                due_days=step.due_days,
            )
            for step in steps
        ),
    )


def _rules_of_version(version: TrackVersion) -> TrackRules:
    columns = ("kind", "course_key", "quiz_id", "scenario_id", "due_days")
    return TrackRules(
        validity=ValidityRules(**{rule.name: getattr(version, rule.name) for rule in fields(ValidityRules)}),
        steps=tuple(StepRule(*row) for row in version.steps.order_by("order").values_list(*columns)),
    )
