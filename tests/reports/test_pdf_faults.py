"""A worker that is killed while it makes the document of an accepted report: the next one makes it, and there is one."""

import datetime as dt

import pytest
from django.db.models import Max

from core import documents, jobs
from core.models import Job
from tests.core.test_faults import start
from tests.reports.test_pdf import accepted, read

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# While WeasyPrint draws it, and when the file is stored but the report does not name it yet.
MOMENTS = {
    "rendering": "pdf.to_pdf = stop",
    "stored": "store = documents.store_bytes\ndocuments.store_bytes = lambda **how: stop(store(**how))",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_while_it_makes_the_document(moment, tmp_path):
    report = accepted()
    now = Job.objects.aggregate(last=Max("created_at"))["last"]
    worker = start(
        "import datetime as dt, time; from core import documents, jobs, pdf\n"
        "def stop(*_all, **_more):\n    print('at work', flush=True); time.sleep(60)\n"
        f"{MOMENTS[moment]}\n"
        f"jobs.run_waiting(dt.datetime.fromisoformat('{now.isoformat()}'))",
        MEDIA_ROOT=str(tmp_path / "killed"),
    )
    assert b"at work" in worker.stdout.readline()
    worker.kill()
    worker.wait(10)
    report.refresh_from_db()
    assert (report.status, report.pdf, Job.objects.get().state) == ("accepted", None, "running")
    assert jobs.run_waiting(now) == 0
    assert jobs.run_waiting(now + jobs.LEASE + dt.timedelta(minutes=1)) == 1
    assert "The customs held it back." in " ".join(page.extract_text() for page in read(report).pages)
    assert documents.is_whole(report.pdf)
    assert report.pdf.content_hash == report.sha256
    assert Job.objects.get().state == "done"
    # Once more changes nothing.
    before = report.pdf
    assert jobs.run_waiting(now + 2 * jobs.LEASE) == 0
    report.refresh_from_db()
    assert report.pdf == before
