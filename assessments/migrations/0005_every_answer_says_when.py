from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_answers_say_when_they_were_made")]

    operations = [migrations.AlterField("answer", "made_at", models.DateTimeField())]
