"""`django.tasks` (which Wagtail uses) on the same Celery workers as our own tasks."""

from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction
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
    """Hands a task's path and its JSON arguments to Celery when the transaction is committed: Wagtail enqueues amid the
    saving of a page, and a worker that is quick doesn't find it. Results are not kept: nobody reads them."""

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
        send = partial(run_django_task.delay, task.module_path, list(args), dict(kwargs))
        if getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False):  # runs here, and sees what isn't committed
            send()
        else:
            transaction.on_commit(send)
        return result
