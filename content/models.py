"""What content packs left on this site: remembered to tell their words from those that people wrote since."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadedPack(models.Model):
    """One pack that was loaded: what its head said the last time. Written by `load_pack` only."""

    key = models.CharField(max_length=60, unique=True)
    version = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=160, blank=True)
    title_en = models.CharField(max_length=160, blank=True)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]
        verbose_name = _("content pack")
        verbose_name_plural = _("content packs")

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class LoadedItem(models.Model):
    """What a pack said of one thing when it was last taken over (or knowingly left aside).

    `digest` is compared with what the site says and with what the pack says now: a site that says something else was
    edited here, a pack that says something else has news. `language` is empty where one entry holds all languages.
    """

    pack = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    language = models.CharField(max_length=12, blank=True)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["pack", "kind", "key", "language"]
        verbose_name = _("item of a content pack")
        verbose_name_plural = _("items of content packs")
        constraints = [
            models.UniqueConstraint(fields=["pack", "kind", "key", "language"], name="one_memory_per_pack_and_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.kind} {self.key} {self.language}".rstrip()
