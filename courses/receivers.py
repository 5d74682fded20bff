"""What this app does when others announce something."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import GroupPagePermission, Locale, Page, Site, TaskState, WorkflowState
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
    task_submitted,
    workflow_approved,
    workflow_rejected,
)

from assessments.events import attempt_graded, attempt_regraded, mystery_call_settled
from assessments.quizzes.models import Quiz
from assessments.scenarios.models import Scenario
from courses.catalogue.models import (
    CataloguePage,
    CourseDocument,
    CourseImage,
    CourseMedia,
    CoursePage,
    LessonPage,
    Phrase,
    TaughtPage,
    Term,
    TrackPage,
)
from courses.catalogue.queries import forget_pages, lesson_pages, shelf
from courses.catalogue.services import (
    catalogue_root,
    grant_author_rights,
    keep_slugs_equal,
    take_over_material_version,
)
from courses.certificates.services import issue_certificate, question_certificates
from courses.enrolment.models import TrackGroup, TrackPrerequisite, TrackStep, TrackVersion
from courses.enrolment.queries.versions import track_rules
from courses.enrolment.services.audience import enrol_all_by_rule, enrol_by_rule, publish_audience
from courses.enrolment.services.completing import (
    close_lesson_enrolments,
    open_what_follows,
    read_anew,
    refresh_enrolments,
)
from courses.enrolment.services.dates import follow_availability
from courses.enrolment.services.tracks import publish_track_version
from courses.events import certificate_issued, enrolment_completed, lesson_read
from courses.progress.models import LessonCompletion
from courses.progress.services import publish_material_change, settle_recheck
from courses.reference.models import SearchEntry
from courses.reference.services.search import (
    fill_search_if_empty,
    forget_lesson,
    index_lesson,
    index_phrase,
    index_term,
    prepare_search,
)
from courses.reviews.models import PeerReviewTask, PublishingRule
from courses.reviews.services import prepare_reviews, tell_author, tell_reviewers
from courses.tasks import enrol_audience, render_certificate
from courses.translations.services import note_publication
from lms.events import availability_changed, job_role_changed, membership_changed, people_imported, person_joined
from lms.people.models import User

# --- the database is there ---------------------------------------------------------------------------------------


def prepare_back_office(using: str, **kwargs: Any) -> None:
    """After every migrate: the trees of both languages and the authors' rights. Waits while Wagtail's tables or its
    root page aren't there yet."""
    if using != DEFAULT_DB_ALIAS:
        return
    tables = set(connections[using].introspection.table_names())
    models = (Page, Site, Locale, CataloguePage, GroupPagePermission, Group, PeerReviewTask, PublishingRule)
    needed = {model._meta.db_table for model in models}
    if needed <= tables and Page.objects.filter(depth=1).exists():
        for language, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
            catalogue_root(language)
        grant_author_rights()
        prepare_reviews()


def prepare_search_index(using: str, **kwargs: Any) -> None:
    """After every migrate: the full-text index, and its rows on a site that has lessons but none yet."""
    if using != DEFAULT_DB_ALIAS:
        return
    needed = {model._meta.db_table for model in (SearchEntry, Page, LessonPage)}
    if needed <= set(connections[using].introspection.table_names()):
        prepare_search(using)
        fill_search_if_empty()


# --- what search finds -------------------------------------------------------------------------------------------


@receiver(page_published, sender=LessonPage, dispatch_uid="find_what_is_published")
def find_what_is_published(instance: LessonPage, **kwargs: Any) -> None:
    index_lesson(instance)


shelf.follow(CoursePage, LessonPage, TrackPage)
lesson_pages.follow(CoursePage, LessonPage, Phrase, Term, CourseMedia, CourseImage, CourseDocument)
post_page_move.connect(forget_pages, dispatch_uid="forget_pages")
track_rules.follow(TrackVersion, TrackStep, TrackGroup, TrackPrerequisite, Quiz, Scenario)


@receiver(page_unpublished, sender=LessonPage, dispatch_uid="find_no_more")
def find_no_more(instance: LessonPage, **kwargs: Any) -> None:
    forget_lesson(instance)


@receiver(post_save, sender=Phrase, dispatch_uid="find_phrase")
def find_phrase(instance: Phrase, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        index_phrase(instance)


@receiver(post_save, sender=Term, dispatch_uid="find_term")
def find_term(instance: Term, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        index_term(instance)


# --- Wagtail publishes -----------------------------------------------------------------------------------------


@receiver(page_published, sender=TrackPage, dispatch_uid="freeze_track_rules")
def freeze_track_rules(instance: TrackPage, revision: Any = None, **kwargs: Any) -> None:
    actor, at = revision.user if revision else None, instance.last_published_at or timezone.now()
    publish_track_version(instance, actor=actor, at=at)
    if publish_audience(instance, actor=actor, at=at):
        key = str(instance.translation_key)
        transaction.on_commit(lambda: enrol_audience.delay(key))


@receiver(page_published, sender=LessonPage, dispatch_uid="carry_material_change")
def carry_material_change(instance: LessonPage, revision: Any = None, **kwargs: Any) -> None:
    take_over_material_version(instance)
    publish_material_change(
        instance, actor=revision.user if revision else None, at=instance.last_published_at or timezone.now()
    )


@receiver(page_published, dispatch_uid="note_which_source_a_translation_has")
def note_which_source_a_translation_has(instance: Any, revision: Any = None, **kwargs: Any) -> None:
    if isinstance(instance, TaughtPage):
        note_publication(
            instance, actor=revision.user if revision else None, at=instance.last_published_at or timezone.now()
        )


@receiver(page_slug_changed, dispatch_uid="keep_addresses_equal")
def keep_addresses_equal(instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, TaughtPage):
        keep_slugs_equal(instance)


# --- a page is reviewed ----------------------------------------------------------------------------------------


@receiver(task_submitted, sender=TaskState, dispatch_uid="tell_who_may_approve")
def tell_who_may_approve(instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    tell_reviewers(instance, actor=user, at=timezone.now())


@receiver(workflow_approved, sender=WorkflowState, dispatch_uid="tell_of_an_approval")
def tell_of_an_approval(instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    tell_author(instance, "page_approved", actor=user, at=timezone.now())


@receiver(workflow_rejected, sender=WorkflowState, dispatch_uid="tell_of_a_rejection")
def tell_of_a_rejection(instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    tell_author(instance, "page_sent_back", actor=user, at=timezone.now())


# --- people ----------------------------------------------------------------------------------------------------


@receiver([person_joined, job_role_changed], dispatch_uid="enrol_as_the_job_asks")
def enrol_as_the_job_asks(person: User, at: datetime, is_one_of_many: bool = False, **kwargs: Any) -> None:
    if not is_one_of_many:
        enrol_by_rule(person, at=at)


@receiver(membership_changed, dispatch_uid="enrol_as_the_team_asks")
def enrol_as_the_team_asks(person: User, at: datetime, is_one_of_many: bool = False, **kwargs: Any) -> None:
    if not is_one_of_many:
        enrol_by_rule(person, at=at, with_job_roles=False)


@receiver(people_imported, dispatch_uid="enrol_many_as_rules_ask")
def enrol_many_as_rules_ask(
    joined: list[User], moved: list[User], given_jobs: list[User], at: datetime, **kwargs: Any
) -> None:
    anew = {person.pk: person for person in (*joined, *given_jobs)}
    enrol_all_by_rule([*anew.values()], at=at)
    enrol_all_by_rule([person for person in moved if person.pk not in anew], at=at, with_job_roles=False)


@receiver(availability_changed, dispatch_uid="count_due_days_anew")
def count_due_days_anew(people: list[int], at: datetime, **kwargs: Any) -> None:
    follow_availability(people, at=at)


# --- something was done ------------------------------------------------------------------------------------------


@receiver(lesson_read, dispatch_uid="bring_enrolments_up_to_date")
def bring_enrolments_up_to_date(
    completion: LessonCompletion, at: datetime, lesson: LessonPage | None = None, **kwargs: Any
) -> None:
    if lesson is not None:
        read_anew(completion, lesson, at=at)
    close_lesson_enrolments(completion, at=at)
    refresh_enrolments(completion.person, at=at)


@receiver(attempt_graded, dispatch_uid="refresh_after_quiz")
def refresh_after_quiz(attempt: Any, at: datetime, **kwargs: Any) -> None:
    settle_recheck(attempt.assignment, at=at)
    refresh_enrolments(attempt.assignment.person, at=at)


@receiver(attempt_regraded, dispatch_uid="follow_a_regrade")
def follow_a_regrade(attempt: Any, was_passed: bool, is_passed: bool, at: datetime, **kwargs: Any) -> None:
    """Passed now: tracks may be complete. Passed no more: what is complete stays so, and who may revoke is told."""
    if is_passed and not was_passed:
        settle_recheck(attempt.assignment, at=at)
        refresh_enrolments(attempt.assignment.person, at=at)
    elif was_passed and not is_passed:
        question_certificates(attempt.assignment, at=at)


@receiver(mystery_call_settled, dispatch_uid="refresh_after_mystery_call")
def refresh_after_mystery_call(mystery_call: Any, at: datetime, **kwargs: Any) -> None:
    refresh_enrolments(mystery_call.assignment.person, at=at)


@receiver(enrolment_completed, dispatch_uid="certify")
def certify(enrolment: Any, at: datetime, **kwargs: Any) -> None:
    issue_certificate(enrolment, at=at)
    open_what_follows(enrolment, at=at)


@receiver(certificate_issued, dispatch_uid="draw_after_commit")
def draw_after_commit(certificate: Any, **kwargs: Any) -> None:
    transaction.on_commit(lambda: render_certificate.delay(certificate.pk))
