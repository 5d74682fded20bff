"""`django.tasks` (which Wagtail uses) on the same Celery workers as our own tasks."""

from celery import shared_task
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskResult, TaskResultStatus
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string


@shared_task(name="lms.kernel.run_django_task")
def run_django_task(module_path: str, args: list, kwargs: dict) -> None:
    """Call the function behind a `django.tasks` task."""
    task = import_string(module_path)
    getattr(task, "func", task)(*args, **kwargs)


class CeleryBackend(BaseTaskBackend):
    """Hands a task's path and its JSON arguments to Celery. Results are not kept: nobody reads them."""

    supports_async_task = False
    supports_defer = False
    supports_get_result = False
    supports_priority = True

    def enqueue(self, task: Task, args, kwargs) -> TaskResult:
        self.validate_task(task)
        result = TaskResult(
            task=task,
            id=get_random_string(32),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        run_django_task.delay(task.module_path, list(args), dict(kwargs))
        return result
