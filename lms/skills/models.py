"""The competence framework: skills in a tree, five levels each, and the level a job role needs."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.kernel.bilingual import Bilingual
from lms.people.models import JobRole

LEVELS = (1, 2, 3, 4, 5)


class Skill(models.Model):
    """A competence or a field of knowledge. Written by content packs; its key never changes."""

    class Kind(models.TextChoices):
        COMPETENCE = "competence", _("Competence")
        KNOWLEDGE = "knowledge", _("Knowledge")

    key = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )  # NULL: a root
    order = models.PositiveIntegerField(default=0)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)

    name = Bilingual()
    description = Bilingual()

    class Meta:
        ordering = ["order", "key"]
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class SkillLevel(models.Model):
    """What one can see or hear somebody do who has this level of the skill."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField()
    behaviour_zh = models.TextField()
    behaviour_en = models.TextField()

    behaviour = Bilingual()

    class Meta:
        ordering = ["skill", "level"]
        constraints = [
            models.UniqueConstraint(fields=["skill", "level"], name="one_description_per_skill_and_level"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="skill_level_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.skill.key} {self.level}"


class Requirement(models.Model):
    """The level of a skill that a job role needs."""

    job_role = models.ForeignKey(JobRole, on_delete=models.CASCADE, related_name="requirements")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="requirements")
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job_role", "skill"], name="one_requirement_per_job_role_and_skill"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="required_level_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.job_role.key} {self.skill.key} ≥ {self.level}"
