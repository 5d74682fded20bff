"""Freezing the rules of tracks."""

from dataclasses import asdict, fields
from datetime import datetime

from django.db import transaction

from courses.catalogue.models import TrackPage
from courses.catalogue.queries import cycle_of
from courses.enrolment.models import TrackGroup, TrackPrerequisite, TrackStep, TrackVersion
from courses.enrolment.queries.versions import track_rules
from courses.enrolment.rules.tracks import GroupRule, StepRule, TrackRules, ValidityRules
from lms.audit import services as audit
from lms.people.models import User


class PrerequisiteCycle(ValueError):
    """The track would have to be completed before it could be begun. Says the way round, by titles."""


@transaction.atomic
def publish_track_version(page: TrackPage, *, actor: User | None, at: datetime) -> TrackVersion | None:
    """Freeze the rules of a published track as its next version, and return the newest one; None while the source page
    has never been published.

    The rules are those of the source page, whichever language was published. Where they are the same as the newest
    version's, that one stays and only takes over titles and address, which are words, not rules. People go on under
    the version they were enrolled in. Audited when a version is made.

    Raises PrerequisiteCycle: the editor refuses one in words before it comes here.
    """
    source = page.source
    newest = TrackVersion.objects.filter(track_key=page.translation_key).order_by("-number").first()
    if not source.live:
        return newest
    words = _words_of(source)
    rules = _rules_of_page(source)
    if way := cycle_of(source):
        raise PrerequisiteCycle(" → ".join(way))
    if newest and _rules_of_version(newest) == rules:
        TrackVersion.objects.filter(pk=newest.pk).update(**words)
        _name_groups(newest, source)
        newest.refresh_from_db()
        track_rules.forget()
        return newest
    version = TrackVersion.objects.create(
        track_key=page.translation_key,
        number=newest.number + 1 if newest else 1,
        is_ordered=rules.is_ordered,
        published_at=at,
        **asdict(rules.validity),
        **words,
    )
    TrackGroup.objects.bulk_create(
        TrackGroup(version=version, key=group.key, choose=group.choose) for group in rules.groups
    )
    _name_groups(version, source)
    TrackPrerequisite.objects.bulk_create(
        TrackPrerequisite(version=version, track_key=key) for key in rules.prerequisites
    )
    TrackStep.objects.bulk_create(
        TrackStep(
            version=version,
            order=order,
            kind=step.kind,
            course_key=step.course_key,
            lesson_key=step.lesson_key,
            quiz_id=step.quiz_id,
            scenario_id=step.scenario_id,
            due_days=step.due_days,
            group_key=step.group_key,
        )
        for order, step in enumerate(rules.steps, 1)
    )
    track_rules.forget()
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


def _name_groups(version: TrackVersion, source: TrackPage) -> None:
    for group in source.groups.all():
        names = {"title_zh": group.title_zh, "title_en": group.title_en}
        TrackGroup.objects.filter(version=version, key=group.key).update(**names)


def _rules_of_page(page: TrackPage) -> TrackRules:
    steps = list(page.steps.select_related("course", "lesson").order_by("sort_order", "pk"))
    before = page.prerequisites.values_list("track__translation_key", flat=True)
    used = {step.group_key for step in steps}
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
        is_ordered=page.is_ordered,
        groups=tuple(GroupRule(group.key, group.choose) for group in page.groups.order_by("key") if group.key in used),
        prerequisites=tuple(sorted(set(before))),
        steps=tuple(
            StepRule(
                kind=step.kind,
                course_key=step.course.translation_key if step.course else None,
                lesson_key=step.lesson.translation_key if step.lesson else None,
                quiz_id=step.quiz_id,
                scenario_id=step.scenario_id,
                due_days=step.due_days,
                group_key=step.group_key,
            )
            for step in steps
        ),
    )


def _rules_of_version(version: TrackVersion) -> TrackRules:
    columns = ("kind", "course_key", "lesson_key", "quiz_id", "scenario_id", "due_days", "group_key")
    groups = version.groups.order_by("key").values_list("key", "choose")
    return TrackRules(
        validity=ValidityRules(**{rule.name: getattr(version, rule.name) for rule in fields(ValidityRules)}),
        is_ordered=version.is_ordered,
        groups=tuple(GroupRule(*row) for row in groups),
        prerequisites=tuple(sorted(version.prerequisites.values_list("track_key", flat=True))),
        steps=tuple(StepRule(*row) for row in version.steps.order_by("order").values_list(*columns)),
    )
