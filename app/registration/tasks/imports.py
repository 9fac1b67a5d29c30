"""The worker's part of importing."""

from app import clock, jobs, unit_of_work
from app.registration import importing, queries
from app.registration.models import Import
from app.registration.services import imports

SHARE = 15  # seconds in one go, after which letters have their turn


@jobs.task()
def work_on_import(import_id: int) -> None:
    """Work on an import for a while, and ask for the next share."""
    if not importing.work_on(import_id, seconds=SHARE):
        # Where another worker holds the import, asking again costs next to nothing.
        work_on_import.schedule(args=(import_id,), delay=1)


@jobs.periodic(jobs.crontab(minute="*"))
def take_up_imports() -> None:
    """Take up the imports that a crash left behind, or of which the queue never heard."""
    for import_id in queries.abandoned_imports(at=clock.now()):
        work_on_import(import_id)


@jobs.periodic(jobs.crontab(hour="8", minute="20"))
def sweep_imports() -> None:
    """Delete the files that were sent more than a week ago, in the night of Lima."""
    with unit_of_work.transaction():
        imports.sweep(at=clock.now())


def wake_import(run: Import) -> None:
    """Have an import worked on once the present transaction is committed."""
    import_id = run.id
    unit_of_work.after_commit(lambda: work_on_import(import_id))
