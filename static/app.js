// Comfort for those who have JavaScript; every page works without it.
// 1 The error summary gets the focus   2 The end of the session is announced
// 3 Snippets go into the box that was written in last
// 4 A page that could not save itself says so, and what is wrong stands at its fields
// 5 Files go in parts, where a page asks for some (upload.js); saves are tried again, where a page says so (retry.js)
// Typed text that stays in the browser until it is saved: keep.js.
(() => {
  "use strict";

  const notice = (name) => document.getElementById(name)?.content.firstElementChild.cloneNode(true);
  const metaOf = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

  // --- 1 The error summary ---------------------------------------------------------------------

  const focusSummary = (root) => root.querySelector("[data-focus]")?.focus();
  focusSummary(document);
  document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));

  // --- 2 The end of the session ------------------------------------------------------------------

  const seconds = Number(metaOf("session-seconds") ?? 0);
  const WARNING = 5 * 60;
  if (seconds) {
    const wait = Math.min(Math.max(seconds - WARNING, 0) * 1000, 2 ** 31 - 1);
    window.setTimeout(() => document.getElementById("main")?.prepend(notice("session-notice")), wait);
  }

  // --- 3 Snippets: <details data-snippets> in a form ---------------------------------------------

  for (const box of document.querySelectorAll("form [data-snippets]")) {
    const form = box.closest("form");
    // Before any was written in: the box right above.
    const above = (field) => field.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING;
    let last = [...form.querySelectorAll("textarea")].filter(above).at(-1);
    form.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLTextAreaElement) last = target;
    });
    for (const button of last ? box.querySelectorAll("[data-insert]") : []) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const text = button.closest("li").querySelector("[data-text]").textContent;
        last.setRangeText(text, last.selectionStart, last.selectionEnd, "end");
        last.dispatchEvent(new Event("input", { bubbles: true }));
        last.focus();
      });
    }
  }

  // --- 4 A form that saves itself, and could not: the line "Saved 14:32" would mislead --------------

  const unsaved = ({ detail }) => {
    const box = detail.elt.closest?.("form[data-keep]")?.querySelector("#saved");
    if (box && !box.querySelector("[data-unsaved]")) box.prepend(notice("unsaved-notice"));
  };
  for (const name of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(name, unsaved);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    const path = (address) => new URL(address, location.href).pathname;
    if (!xhr.responseURL || path(xhr.responseURL) === path(pathInfo.requestPath)) return;
    // Another page answered, as the log-in does when the session ended: it belongs nowhere on this one.
    event.detail.shouldSwap = false;
    unsaved(event);
  });

  const describe = (control, id, add) => {
    const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
    if (add) ids.push(id);
    if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
    else control.removeAttribute("aria-describedby");
    control.classList.toggle("is-invalid", add && control.matches(".form-control, .form-select"));
    if (add) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    control.closest(".field")?.classList.toggle("field-wrong", add);
  };
  // As templates/bootstrap5/field_errors.html draws them when the page comes with errors.
  const errorsAtFields = (form) => {
    for (const box of form.querySelectorAll(".field [id$='_error']")) {
      const field = box.closest(".field");
      field.classList.remove("field-wrong");
      for (const control of field.querySelectorAll("[aria-invalid]")) describe(control, box.id, false);
      box.remove();
    }
    for (const link of form.querySelectorAll("#saved [data-problem]")) {
      const control = document.getElementById(link.hash.slice(1));
      if (!control) continue;
      const id = `${control.id}_error`;
      let box = document.getElementById(id);
      if (!box) {
        box = document.createElement("div");
        box.id = id;
        (control.closest(".options") ?? control.closest(".choice") ?? control).before(box);
      }
      const [line, icon] = [document.createElement("p"), link.parentElement.querySelector("svg")];
      line.className = "error";
      if (icon) line.append(icon.cloneNode(true), " ");
      line.append(link.dataset.problem);
      box.append(line);
      describe(control, id, true);
    }
  };
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    const answered = detail.xhr.status === 200 || detail.xhr.status === 422;
    if (answered && target.matches("form[data-keep]") && target.querySelector("#saved")) errorsAtFields(target);
  });

  // --- 5 Files, and saves on a poor connection --------------------------------------------------------

  for (const [name, wanted] of [["upload-script", "input[type=file]"], ["retry-script", "form[data-retry]"]]) {
    const src = metaOf(name);
    if (src && document.querySelector(wanted)) document.head.append(Object.assign(document.createElement("script"), { src }));
  }
})();
