// Typed text stays in the browser until it is saved: <form data-keep="name">.
// Kept as {at, sent, fields: {name: {was, typed, aside}}} under a key of the person, the page and the form; aside: it
// is shown above the form, because what is saved has changed since. It goes when the server has saved it, when
// somebody signs out or signs in as another, and after fourteen days.
(() => {
  "use strict";

  const notice = (name) => document.getElementById(name)?.content.firstElementChild.cloneNode(true);
  const metaOf = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

  const FORGET_AFTER = 14 * 24 * 3600 * 1000;
  const MINE = `lsp:${metaOf("person") ?? "visitor"}:`;
  const NEVER = ["password", "file", "hidden", "submit", "button"];

  const store = (() => {
    try {
      window.localStorage.setItem("lsp:try", "1");
      window.localStorage.removeItem("lsp:try");
      return window.localStorage;
    } catch {
      return null; // private windows, or forbidden by the person: then nothing is kept
    }
  })();

  const keys = () => Object.keys(store).filter((key) => key.startsWith("lsp:"));
  const read = (key) => {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, value) => {
    try {
      store.setItem(key, JSON.stringify(value));
    } catch {
      // full: what is kept is a comfort, the page goes on
    }
  };
  const keyOf = (form) => `${MINE}${location.pathname}:${form.dataset.keep}`;
  const kept = (form) =>
    [...form.elements].filter((field) => field.name && !NEVER.includes(field.type) && !("private" in field.dataset));
  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
  // Boxes and buttons of one name are told apart by their value.
  const nameOf = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
  const valueOf = (field) => (isChoice(field) ? String(field.checked) : field.value);
  // What the server saved of a field since the page came, without a new page.
  const savedSince = new WeakMap();
  const savedOf = (field) => {
    if (savedSince.has(field)) return savedSince.get(field);
    if (isChoice(field)) return String(field.defaultChecked);
    if (field.options) return ([...field.options].find((o) => o.defaultSelected) ?? field.options[0])?.value ?? "";
    return field.defaultValue;
  };
  const put = (field, value) => {
    if (isChoice(field)) field.checked = value === "true";
    else field.value = value;
  };

  const keep = (form, fields) => {
    if (Object.keys(fields).length) write(keyOf(form), { at: Date.now(), sent: false, fields });
    else store.removeItem(keyOf(form));
  };

  // What counts along with the fields (a total, through htmx) hears of what was put into them, once it listens.
  const tell = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));
  const whenHeard = (field) => {
    if (document.readyState === "complete") tell(field);
    else window.addEventListener("load", () => tell(field));
  };

  const remember = (form) => {
    const fields = {};
    const before = read(keyOf(form))?.fields ?? {};
    // What came back with an error is in the page as if it were saved, and is not.
    const answered = document.querySelector(".error-summary") !== null;
    for (const field of kept(form)) {
      const name = nameOf(field);
      const isUnsaved = answered && name in before && valueOf(field) !== before[name].was;
      if (isUnsaved || valueOf(field) !== savedOf(field)) {
        const was = before[name]?.aside ? savedOf(field) : (before[name]?.was ?? savedOf(field));
        fields[name] = { was, typed: valueOf(field) };
      } else if (before[name]?.aside) fields[name] = before[name];
    }
    keep(form, fields);
  };

  // A request of htmx takes what stands in the fields when it leaves. When it saved, that is what is saved now; what was
  // typed while it was on its way is not, and stays kept.
  const onItsWay = new WeakMap();
  const noteSent = (form) => onItsWay.set(form, new Map(kept(form).map((field) => [field, valueOf(field)])));
  const forgetSent = (form) => {
    for (const [field, value] of onItsWay.get(form) ?? []) savedSince.set(field, value);
    const found = read(keyOf(form));
    if (!found) return;
    for (const field of kept(form)) {
      const name = nameOf(field);
      if (valueOf(field) !== savedOf(field)) found.fields[name] = { was: savedOf(field), typed: valueOf(field) };
      else if (!found.fields[name]?.aside) delete found.fields[name];
    }
    keep(form, found.fields);
  };

  const bringBack = (form) => {
    const found = read(keyOf(form));
    if (!found) return;
    const changed = [];
    let back = 0;
    // A form that came back with errors already shows what was typed.
    const answered = document.querySelector(".error-summary") !== null;
    for (const field of answered ? [] : kept(form)) {
      const text = found.fields[nameOf(field)];
      if (!text || text.typed === savedOf(field)) continue;
      if (text.was.trim() === savedOf(field).trim()) {
        put(field, text.typed);
        whenHeard(field);
        back += 1;
      } else if (!isChoice(field)) {
        text.aside = true;
        changed.push([field.labels?.[0]?.textContent ?? field.name, text.typed]);
      }
    }
    write(keyOf(form), { ...found, sent: false });
    if (changed.length) showTexts(form, changed);
    else if (back) {
      const box = discardable(notice("kept-notice"), () => {
        store.removeItem(keyOf(form));
        form.reset();
        tell(form);
      });
      form.before(box);
      form.addEventListener("saved", () => box.remove());
    } else if (!answered) store.removeItem(keyOf(form));
  };

  const discardable = (box, discard) => {
    box.querySelector("[data-discard]").addEventListener("click", () => {
      discard();
      box.remove();
    });
    return box;
  };

  const showTexts = (form, changed) => {
    const box = notice("changed-notice");
    for (const [label, text] of changed) {
      const [term, words] = [document.createElement("dt"), document.createElement("dd")];
      [term.textContent, words.textContent] = [label, text];
      box.querySelector("[data-texts]").append(term, words);
    }
    // What was typed in the form since is not meant.
    const discard = () => {
      const fields = Object.entries(read(keyOf(form))?.fields ?? {}).filter(([, text]) => !text.aside);
      keep(form, Object.fromEntries(fields));
    };
    form.before(discardable(box, discard));
  };

  // The server has saved a form when it answered with a success notice, or sent the browser on to another page: not
  // when it answered with an error, nor when it asked the person to sign in first.
  const forgetSaved = () => {
    const from = document.referrer ? new URL(document.referrer) : null;
    const moved = from?.origin === location.origin && from.pathname !== location.pathname;
    const saved = document.querySelector("[data-saved]") !== null;
    // A page may say by name what was saved, when that took several pages: <… data-saved="name">.
    for (const { dataset } of document.querySelectorAll("[data-saved]")) {
      if (dataset.saved) store.removeItem(`${MINE}${location.pathname}:${dataset.saved}`);
    }
    const failed = metaOf("failed") !== undefined || document.querySelector(".error-summary") !== null;
    for (const key of keys()) {
      const found = read(key);
      if (!found?.sent) continue;
      if (failed || !key.startsWith(MINE)) write(key, { ...found, sent: false });
      else if (saved || (moved && key.startsWith(`${MINE}${from.pathname}:`))) store.removeItem(key);
    }
  };

  const forgetOthers = () => {
    const signedIn = metaOf("person") !== undefined;
    for (const key of keys()) {
      const old = Date.now() - (read(key)?.at ?? 0) > FORGET_AFTER;
      if (old || (signedIn && !key.startsWith(MINE))) store.removeItem(key);
    }
  };

  if (store) {
    forgetOthers();
    forgetSaved();
    for (const form of document.querySelectorAll("form[data-keep]")) {
      bringBack(form);
      form.addEventListener("input", () => remember(form));
      form.addEventListener("change", () => remember(form));
      form.addEventListener("submit", () => {
        const found = read(keyOf(form));
        if (found) write(keyOf(form), { ...found, sent: true });
      });
      // A view that saved through htmx answers with the header HX-Trigger: saved
      form.addEventListener("htmx:configRequest", ({ target }) => target === form && noteSent(form));
      form.addEventListener("saved", () => forgetSent(form));
      form.addEventListener("htmx:afterRequest", ({ target, detail }) => {
        // Whatever came back, or nothing: it was not saved.
        const found = target !== form || detail.xhr.status === 200 ? null : read(keyOf(form));
        if (found) write(keyOf(form), { ...found, sent: false });
      });
    }
    for (const form of document.querySelectorAll("form[data-forget]")) {
      form.addEventListener("submit", () => keys().forEach((key) => store.removeItem(key)));
    }
    // Back from an error page of the browser: the form was not saved after all.
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      for (const form of document.querySelectorAll("form[data-keep]")) remember(form);
    });
  }
})();
