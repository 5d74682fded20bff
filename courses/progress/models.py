"""What has been read: visits while reading, completions for good."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.assignments.models import Assignment
from assessments.quizzes.models import Quiz
from lms.people.models import User


class LessonVisit(models.Model):
    """How far somebody is in a lesson, and how long it took so far. Overwritten by the reading heartbeat."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lesson_visits")
    lesson_key = models.UUIDField()
    first_opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)
    #: Id of the block that was at the top of the window; empty at the beginning.
    place = models.CharField(max_length=36, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "lesson_key"], name="one_visit_per_person_and_lesson")]
        indexes = [
            models.Index(fields=["person", "-last_seen_at"], name="where_somebody_left_off"),
            models.Index(fields=["first_opened_at"], name="lessons_begun_in_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.lesson_key}"


class LessonCompletionQuerySet(models.QuerySet["LessonCompletion"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(person__in=User.objects.visible_to(viewer))

    def with_rechecks(self) -> Self:
        return self.select_related("recheck__assignment__quiz")


class LessonCompletion(models.Model):
    """Somebody finished a lesson: by translation key, with language, page revision and material version. Written once.

    Finished once per material version, except that a renewal asks for it anew: that is the next `round`."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="lesson_completions")
    lesson_key = models.UUIDField()
    language = models.CharField(max_length=10)
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: published without a revision
    material_version = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    seconds = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField()

    objects = LessonCompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson completion")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "lesson_key", "material_version", "round"],
                name="a_lesson_is_finished_once_per_material_version_and_round",
            ),
        ]
        indexes = [models.Index(fields=["completed_at"], name="finished_in_a_period")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.lesson_key}"


class MaterialChange(models.Model):
    """A lesson was published in one language with a change that matters: written once, with the quiz that was chosen for
    those who had finished it before. A translation's row has the quiz of its source's."""

    lesson_key = models.UUIDField()
    language = models.CharField(max_length=10)
    material_version = models.PositiveIntegerField()
    quiz = models.ForeignKey(
        Quiz, null=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: reading it again is enough
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # NULL: the system
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("material change")
        constraints = [
            models.UniqueConstraint(
                fields=["lesson_key", "language", "material_version"], name="a_material_change_is_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_key} {self.language} {self.material_version}"


class Recheck(models.Model):
    """The quiz that a completion needs before it counts: somebody who had finished the lesson has read its material
    change. Written with the completion; whether it is passed is the assignment's result."""

    completion = models.OneToOneField(LessonCompletion, on_delete=models.PROTECT, related_name="recheck")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="recheck")

    class Meta:
        verbose_name = _("re-check")

    def __str__(self) -> str:
        return f"{self.completion_id} {self.assignment_id}"


class StudyDay(models.Model):
    """How long somebody read lessons on a day at their site, and in whose time: seconds in rostered training slots, in
    other working time, outside the shift, and where no roster is known. Added to by the reading heartbeat.

    Says how study is planned. Nobody owes any of it: no due day, score or certificate reads it.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="study_days")
    on = models.DateField()
    in_slots = models.PositiveIntegerField(default=0)
    in_shift = models.PositiveIntegerField(default=0)
    outside = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of study")
        constraints = [models.UniqueConstraint(fields=["person", "on"], name="one_study_day_per_person_and_day")]
        indexes = [models.Index(fields=["on"], name="study_of_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"


class SelfCheckAnswer(models.Model):
    """One try at a self-check or an exercise of a lesson. Appended when the reader sends it, never changed.

    For figures about lessons only: they count each person's first try at a question and name nobody. No score, level
    or certificate reads it.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="self_check_answers")
    lesson_key = models.UUIDField()
    #: The key of the practice question, or the id of the exercise's block.
    question = models.CharField(max_length=80)
    #: The metric that was worked out; empty for a self-check.
    metric = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10)
    is_right = models.BooleanField()
    is_first = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a self-check")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "lesson_key", "question", "metric"],
                condition=models.Q(is_first=True),
                name="one_first_try_per_person_and_question",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lesson_key", "answered_at"], condition=models.Q(is_first=True), name="first_tries_of_a_lesson"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.question} {self.is_right}"
