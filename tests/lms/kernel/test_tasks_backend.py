"""`django.tasks` (Wagtail's jobs) run on Celery's workers."""

import pytest
from django.tasks import task, task_backends
from django.tasks.base import TaskResultStatus

from lms.kernel.tasks_backend import CeleryBackend, run_django_task

done: list[tuple[str, int]] = []


@task
def note(word: str, *, times: int = 1) -> None:
    done.append((word, times))


@task
def fail() -> None:
    raise RuntimeError("no")


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


def test_backend_in_force_is_ours():
    assert isinstance(task_backends["default"], CeleryBackend)


def test_enqueued_task_runs_through_celery(monkeypatch):
    sent = []
    real = run_django_task.delay
    monkeypatch.setattr(run_django_task, "delay", lambda *args: (sent.append(args), real(*args)))

    result = note.enqueue("hello", times=2)

    assert done == [("hello", 2)]
    assert sent == [("tests.lms.kernel.test_tasks_backend.note", ["hello"], {"times": 2})]
    assert result.status == TaskResultStatus.READY


@pytest.mark.django_db
def test_a_worker_hears_of_it_when_the_transaction_is_committed(
    monkeypatch, settings, django_capture_on_commit_callbacks
):
    sent = []
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(run_django_task, "delay", lambda *args: sent.append(args))

    with django_capture_on_commit_callbacks() as waiting:
        note.enqueue("hello")
    assert sent == []

    waiting[0]()
    assert sent == [("tests.lms.kernel.test_tasks_backend.note", ["hello"], {})]


def test_task_that_fails_is_not_swallowed():
    with pytest.raises(RuntimeError):
        fail.enqueue()


def test_wagtails_tasks_use_the_same_backend():
    from wagtail.tasks import delete_file_from_storage_task

    assert delete_file_from_storage_task.get_backend().__class__ is CeleryBackend
