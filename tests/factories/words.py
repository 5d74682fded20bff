"""Phrases and terms."""

import factory

from courses.catalogue.models import Phrase, Term
from courses.catalogue.states import PhraseKind


class PhraseFactory(factory.django.DjangoModelFactory):
    """An everyday line in both languages."""

    class Meta:
        model = Phrase

    key = factory.Sequence(lambda n: f"phrase-{n}")
    kind = PhraseKind.EVERYDAY
    text_zh = "请您稍等，我帮您查询。"
    text_en = "Please hold on while I check."
    order = factory.Sequence(int)

    class Params:
        taboo = factory.Trait(
            kind=PhraseKind.TABOO,
            text_zh="这不归我管。",
            text_en="That is not my job.",
            instead_zh="我帮您转给负责的同事。",
            instead_en="Let me bring in the colleague who can help.",
        )


class TermFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Term

    key = factory.Sequence(lambda n: f"term-{n}")
    name_zh = "平均处理时长"
    name_en = "Average handling time"
    also_en = "AHT"
    definition_zh = "一通电话从接起到话后处理结束的平均时间。"
    definition_en = "How long a call takes on average, after-call work included."
