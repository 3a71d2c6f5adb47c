"""The generated pages of docs/ hold every workflow and every permission."""

import pytest
from django.core.management import CommandError, call_command

from accounts.permissions import Action
from lsp_program.management.commands import write_docs


def test_every_transition_stands_in_the_page_of_workflows():
    page = write_docs.page_of_workflows()
    found = write_docs.workflows()
    assert {workflow.model._meta.model_name for workflow in found} >= {
        "application",
        "project",
        "appointment",
    }
    for workflow in found:
        for row in workflow.transitions:
            assert f"(`{row.name}`)" in page


def test_every_action_has_a_row_in_the_page_of_permissions():
    rows = [line for line in write_docs.page_of_permissions().splitlines() if line.startswith("| ")]
    assert len(rows) - sum("| action |" in row for row in rows) == len(Action)


def test_a_page_out_of_date_is_said_and_mended(tmp_path, settings, capsys):
    base = settings.BASE_DIR
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    for app in ("groups", "applications"):
        (tmp_path / app).mkdir()
        (tmp_path / app / "workflow.py").write_bytes((base / app / "workflow.py").read_bytes())
    with pytest.raises(CommandError, match=r"workflows\.md"):
        call_command("write_docs", "--check")
    call_command("write_docs")
    assert "Wrote docs/permissions.md" in capsys.readouterr().out
    call_command("write_docs", "--check")
