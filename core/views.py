"""Pages of the mechanisms: documents, jobs, notices, and the monitors of who watches over the system."""

import uuid
from typing import Any

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import dates, documents, filters, jobs, notices, outbox, uploads
from core.forms import CodeForm
from core.models import Document, Job, Message, SavedFilter, Upload
from core.workflow import Refusal, TransitionRefused

ON_A_PAGE = 25


def _only_operators(request: HttpRequest) -> None:
    """The monitors are for those who watch over the system; nobody else knows of them."""
    if not request.user.may_operate:
        raise Http404


# --- Documents -------------------------------------------------------------------------------------


@require_safe
def document(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """A file, for those who may read it. The browser keeps it and runs nothing of it."""
    found = get_object_or_404(Document.objects.select_related("case"), pk=pk)
    if not documents.may_read(request.user, found):
        raise Http404
    if sentence := documents.why_closed(found):
        context = {"document": found, "sentence": sentence}
        status = 409 if found.scan == Document.Scan.PENDING else 410
        return render(request, "core/document_closed.html", context, status=status)
    try:
        file = documents.open_file(found)
    except OSError as error:
        raise documents.FileMissing(
            _("This file cannot be read just now. The programme's technical staff has to look.")
        ) from error
    response = FileResponse(
        file, as_attachment=True, filename=found.filename, content_type=found.content_type
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Length"] = str(found.size)
    return response


# --- Lists that people come back to --------------------------------------------------------------------


def _only_staff(request: HttpRequest) -> None:
    """Lists are kept for those who work with them all day."""
    if not request.user.is_staff_member:
        raise Http404


@require_POST
def filter_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list, and go back to it."""
    _only_staff(request)
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    try:
        place = reverse(page)
    except NoReverseMatch:
        raise Http404 from None
    try:
        saved = filters.save(
            by=request.user,
            page=page,
            name=request.POST.get("name", ""),
            query=query,
            shared="shared" in request.POST,
        )
    except TransitionRefused as refusal:
        notes.error(request, refusal.sentence)
        return redirect(f"{place}?{QueryDict(query).urlencode()}")
    notes.success(request, _("“%(name)s” is kept.") % {"name": saved.name})
    return redirect(f"{place}?{saved.query}")


@require_POST
def filter_take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own lists."""
    _only_staff(request)
    try:
        gone = filters.take_out(by=request.user, pk=pk)
    except SavedFilter.DoesNotExist:
        raise Http404 from None
    notes.success(request, _("“%(name)s” is not kept any more.") % {"name": gone.name})
    return redirect(f"{reverse(gone.page)}?{gone.query}")


# --- Uploads in parts (static/upload.js) ---------------------------------------------------------------


@require_POST
def upload_begin(request: HttpRequest) -> JsonResponse:
    """Announce a file; answers its key, and how large a part is best."""
    size = request.POST.get("size", "")
    if not size.isascii() or not size.isdecimal() or len(size) > 15:
        return _upload_refused(uploads.CannotUpload(_("No file arrived. Choose it again.")))
    try:
        upload = uploads.begin(
            by=request.user, filename=request.POST.get("filename", ""), size=int(size), now=dates.now()
        )
    except Refusal as refusal:
        return _upload_refused(refusal)
    return _upload_state(upload, status=201, url=reverse("upload", args=[upload.key]), part=uploads.PART)


@require_http_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
def upload(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """One file on its way: how much has come (GET), a part more (POST, PATCH), given up (DELETE)."""
    found = uploads.find(request.user, key)
    if found is None:
        raise Http404
    if request.method in ("POST", "PATCH"):
        try:
            found = uploads.append(found, offset=_offset(request), part=_part(request), now=dates.now())
        except uploads.WrongOffset as refusal:
            found.received = refusal.offset
            return _upload_state(found, status=409, error=refusal.sentence)
        except Refusal as refusal:
            return _upload_refused(refusal)
    elif request.method == "DELETE":
        uploads.discard(found)
    return _upload_state(found)


def _offset(request: HttpRequest) -> int:
    """Where the part begins, as the browser says; -1 for what is no place."""
    text = request.headers.get("Upload-Offset", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else -1


def _part(request: HttpRequest) -> bytes:
    """The part, read whole before any row is locked: a slow browser holds nobody up."""
    length = request.headers.get("Content-Length") or ""
    if not length.isascii() or not length.isdecimal() or len(length) > 15 or not int(length):
        raise uploads.CannotUpload(_("This part says no length."))
    if int(length) > uploads.MOST_PART:
        raise uploads.TooLarge(_("This part is too large."))
    try:
        part = request.read(int(length))
    except UnreadablePostError as error:
        raise uploads.CannotUpload(_("This part did not arrive whole.")) from error
    if len(part) != int(length):
        raise uploads.CannotUpload(_("This part did not arrive whole."))
    return part


def _upload_state(found: Upload, *, status: int = 200, **more: Any) -> JsonResponse:
    body = {"key": str(found.key), "offset": found.received, "size": found.size, **more}
    headers = {"Upload-Offset": str(found.received), "Upload-Length": str(found.size)}
    return JsonResponse(body, status=status, headers=headers)


def _upload_refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"error": refusal.sentence}, status=refusal.status_code)


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Whether a document that somebody holds is genuine and current: the page that its QR code leads to."""
    form = CodeForm({"code": code} if code else request.GET or None)
    code = form.cleaned_data["code"] if form.is_valid() else ""
    found = documents.genuine(code)
    status = 422 if form.errors else 404 if code and not found else 200
    return render(request, "core/verify.html", {"form": form, "code": code, "found": found}, status=status)


# --- Jobs ------------------------------------------------------------------------------------------


@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is, and what came of it. htmx asks for the part that changes; without it one loads again."""
    found = get_object_or_404(Job.objects.select_related("result", "case"), pk=pk)
    if not jobs.may_see(request.user, found):
        raise Http404
    template = "core/job_detail.html" + ("#state" if request.htmx else "")  # type: ignore[attr-defined]
    context = {
        "job": found,
        "label": jobs.label_of(found),
        "back": jobs.page_of(found),
        "readable": bool(found.result) and documents.may_read(request.user, found.result),
    }
    return render(request, template, context)


@require_safe
def job_monitor(request: HttpRequest) -> HttpResponse:
    """Jobs that failed, and those that wait or run."""
    _only_operators(request)
    unfinished = Job.objects.exclude(state=Job.State.DONE).select_related("case", "requested_by")
    page = Paginator(unfinished.order_by("-created_at", "-id"), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(found, jobs.label_of(found)) for found in page]
    return render(request, "core/job_monitor.html", {"page": page, "rows": rows})


@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a failed job begin again."""
    _only_operators(request)
    if jobs.retry(get_object_or_404(Job, pk=pk)):
        notes.success(request, _("The job will be done again."))
    else:
        notes.info(request, _("This job has not failed."))
    return redirect("job_monitor")


# --- Messages --------------------------------------------------------------------------------------


@require_safe
def message_monitor(request: HttpRequest) -> HttpResponse:
    """Messages that have not left: parked ones first, each with the reason."""
    _only_operators(request)
    unsent = Message.objects.filter(sent_at=None).select_related("case", "recipient")
    page = Paginator(unsent.order_by("parked_at", "created_at", "id"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "core/message_monitor.html", {"page": page})


@require_POST
def message_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a message again at once."""
    _only_operators(request)
    if outbox.try_again(get_object_or_404(Message, pk=pk), dates.now()):
        notes.success(request, _("The message will be tried again."))
    else:
        notes.info(request, _("This message has left, or is leaving just now."))
    return redirect("message_monitor")


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """What the programme told this person, by case, the newest case first."""
    page = Paginator(notices.of(request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "groups": notices.by_case(page)}
    return render(request, "core/notice_list.html", context)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark notices as read: one, or all."""
    notices.mark_read(request.user, request.POST.get("notice", ""), dates.now())
    return redirect("notices")


@require_safe
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; it counts as read."""
    found = get_object_or_404(notices.of(request.user), pk=pk)
    notices.mark_read(request.user, str(pk), dates.now())
    return redirect(notices.place_of(found))
