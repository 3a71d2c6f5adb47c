// A save that the connection lost is sent again by itself: <form data-keep="name" data-retry>.
// Every try of one save carries one key, by which the server saves it once (grants/saving.py), and what stood in the form
// when the button was pressed. Answers other than "saved" are left to the browser. What was typed: keep.js.
(() => {
  "use strict";

  const PAUSES = [5, 10, 20, 40, 60]; // seconds between tries; the last one again and again
  const PATIENCE = [45, 600]; // seconds for an answer: of text alone, and with files
  const AWAY = [502, 503, 504]; // somebody answered for the server, which is not there

  const notice = (name) => document.getElementById(name).content.firstElementChild.cloneNode(true);
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const texts = (form) => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const comeAnew = () => location.assign(location.pathname + location.search);
  const keeps = (() => {
    try {
      window.localStorage.setItem("lsp:try", "1");
      window.localStorage.removeItem("lsp:try");
      return true;
    } catch {
      return false; // private windows, or forbidden by the person
    }
  })();
  let saves = new WeakMap(); // form → its save that is under way

  const begin = (form, submitter) => {
    const body = new FormData(form);
    if (submitter?.name) body.append(submitter.name, submitter.value);
    const save = { form, submitter, body, key: key(), typed: texts(form), tries: 0, again: null };
    saves.set(form, save);
    form.dispatchEvent(new Event("sending"));
    send(save);
  };

  const show = (save, name) => {
    const box = notice(name);
    if (save.box?.dataset.name === name) return save.box;
    box.dataset.name = name;
    save.box?.remove();
    (save.submitter?.closest(".actions") ?? save.submitter ?? save.form.lastElementChild).before(box);
    return (save.box = box);
  };

  const send = async (save) => {
    if (!save.tries) show(save, "saving-notice");
    const hasFiles = [...save.body.values()].some((value) => value.size);
    let answer;
    try {
      answer = await fetch(save.form.action, {
        method: "POST",
        body: save.body,
        headers: { "X-Save-Key": save.key },
        redirect: "manual",
        signal: AbortSignal.timeout?.(1000 * PATIENCE[Number(hasFiles)]),
      });
    } catch {
      return wait(save);
    }
    if (AWAY.includes(answer.status)) return wait(save);
    end(save, answer);
  };

  const wait = (save) => {
    save.form.dispatchEvent(new Event("unsaved"));
    const box = show(save, "retry-notice");
    for (const words of box.querySelectorAll("[data-kept]")) words.hidden = words.dataset.kept !== String(keeps);
    let left = PAUSES[Math.min(save.tries, PAUSES.length - 1)];
    const say = () => (box.querySelector("[data-seconds]").textContent = left);
    save.tries += 1;
    save.again = () => {
      clearInterval(clock);
      window.removeEventListener("online", save.again);
      save.again = null;
      send(save);
    };
    const clock = setInterval(() => ((left -= 1) > 0 ? say() : save.again()), 1000);
    window.addEventListener("online", save.again);
    box.querySelector("[data-now]").onclick = save.again;
    say();
  };

  const end = (save, answer) => {
    const { form, submitter } = save;
    const to = answer.status === 204 && answer.headers.get("X-Saved-To");
    if (to) {
      form.dispatchEvent(new Event("saved"));
      // What was typed since is kept, and stands in the form when it comes anew.
      if (texts(form) === save.typed) location.assign(to);
      else comeAnew();
      return;
    }
    saves.delete(form);
    save.box.remove();
    form.dispatchEvent(new Event("unsaved"));
    // Sent to the log-in, or the form's token is no longer this person's: the page comes anew, and the text with it.
    if (answer.type === "opaqueredirect" || answer.status === 403) return comeAnew();
    form.dataset.plain = "";
    form.requestSubmit(submitter);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-retry]") || "plain" in form.dataset) return;
    if (event.submitter && "plain" in event.submitter.dataset) return;
    event.preventDefault();
    // Pressed again: the same save, at once.
    const save = saves.get(form);
    if (save) save.again?.();
    else begin(form, event.submitter);
  });
  // Back from the page that the browser was left to.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    saves = new WeakMap();
    for (const form of document.querySelectorAll("[data-retry]")) delete form.dataset.plain;
    document.querySelector("[data-name=saving-notice]")?.remove();
  });
})();
