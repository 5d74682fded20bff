"""Answers kept before: they were made when they were received, as far as anybody knows."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    apps.get_model("assessments", "Answer").objects.filter(made_at__isnull=True).update(made_at=F("received_at"))


class Migration(migrations.Migration):
    dependencies = [("assessments", "0003_exam_engine")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
