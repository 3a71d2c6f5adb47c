"""Writes the pages of docs/ that the code itself tells: the workflows and the table of permissions."""

from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.roles import Role
from accounts.wording import rows_by_section
from core.workflow import Workflow, mermaid

NOTE = "<!-- Written by `make docs`; do not edit. -->\n\n"


def workflows() -> list[Workflow]:
    """Every workflow of the project, in the order of the apps and of their files."""
    found = []
    for config in apps.get_app_configs():
        if config.label == "core":
            continue
        for path in sorted((settings.BASE_DIR / config.label).glob("**/workflow.py")):
            module = import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))
            found += [value for value in vars(module).values() if isinstance(value, Workflow)]
    return found


def page_of_workflows() -> str:
    parts = ["# States and who moves them"]
    for workflow in workflows():
        name = str(workflow.model._meta.verbose_name).capitalize()
        parts += [f"## {name}", f"```mermaid\n{mermaid(workflow)}\n```"]
        lines = ["| step | from | who |", "|---|---|---|"]
        for row in workflow.transitions:
            who = row.permission.allowed_to() if row.permission else "the system, when a date comes"
            lines.append(f"| {row.label} (`{row.name}`) | {', '.join(row.sources)} | {who} |")
        parts.append("\n".join(lines))
    return NOTE + "\n\n".join(parts) + "\n"


def page_of_permissions() -> str:
    roles = list(Role)
    lines = [
        "# Who may",
        "",
        "Staff roles are void on a case of a group in which the person holds a role.",
        "",
    ]
    for heading, rows in rows_by_section():
        lines += [f"## {heading}", "", "| action | " + " | ".join(str(role.label) for role in roles) + " |"]
        lines.append("|---|" + ":-:|" * len(roles))
        for row in rows:
            marks = ["●" if role in row.roles else "" for role in roles]
            lines.append(f"| {row.words} | " + " | ".join(marks) + " |")
        lines.append("")
    return NOTE + "\n".join(lines)


PAGES = {"workflows.md": page_of_workflows, "permissions.md": page_of_permissions}


class Command(BaseCommand):
    # They would ask a database, and none is needed.
    requires_system_checks = ()
    help = (
        "Writes docs/workflows.md and docs/permissions.md; with --check only says whether they are in date."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool = False, **options) -> None:
        with translation.override("en"):
            pages = {settings.BASE_DIR / "docs" / name: write() for name, write in PAGES.items()}
        old = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
        if check and old:
            raise CommandError(f"Not in date: {', '.join(path.name for path in old)}. Run make docs.")
        for path in old:
            path.write_text(pages[path], "utf-8")
            self.stdout.write(f"Wrote docs/{path.name}")
