"""Skills of the framework."""

import factory

from lms.skills.models import Skill


class SkillFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Skill
        django_get_or_create = ("key",)

    key = "product"
    kind = Skill.Kind.KNOWLEDGE
    name_zh = factory.LazyAttribute(lambda skill: f"技能 {skill.key}")
    name_en = factory.LazyAttribute(lambda skill: f"Skill {skill.key}")
