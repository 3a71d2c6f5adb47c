// Files are sent in parts while the form is still being filled in, and go on where they stopped: after the connection
// was lost, and after the page was left, once the person chooses the same file again. Photographs are reduced first.
// The form carries the keys of what has arrived (`<name>-upload`). Whatever fails here, the plain upload happens.
(() => {
  "use strict";

  const LONGEST_SIDE = 2000;
  const QUALITY = 0.85;
  const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between tries; the last one again and again
  const MOST_TRIES = 40;
  const FORGET_AFTER = 24 * 3600 * 1000; // as the server does
  const person = document.querySelector('meta[name="person"]')?.content;
  const words = document.getElementById("upload-words")?.dataset;
  if (!person || !words || !window.fetch || !window.AbortController) return;

  const say = (name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words[name] ?? "");

  class GivenUp extends Error {} // plain upload instead; the message, if any, is for the person

  // --- What a chosen file was sent as, kept in this browser ------------------------------------------

  const nameOf = (file) => `lsp:${person}:upload:${file.name}:${file.size}:${file.lastModified}`;
  const kept = (file) => {
    try {
      const found = JSON.parse(localStorage.getItem(nameOf(file)));
      return found && Date.now() - found.at < FORGET_AFTER ? found : null;
    } catch {
      return null;
    }
  };
  const keep = (file, value) => {
    try {
      if (value) localStorage.setItem(nameOf(file), JSON.stringify({ ...value, at: Date.now() }));
      else localStorage.removeItem(nameOf(file));
    } catch {
      // not allowed, or full: then it does not go on after the page was left
    }
  };
  // Two reductions of one photograph are the same bytes in one browser; where that cannot be told, we begin again.
  const sumOf = async (blob) => {
    if (!window.crypto?.subtle) return `size ${blob.size}`;
    const sum = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  // --- Photographs -----------------------------------------------------------------------------------

  const isPhoto = (file) => /\.(jpe?g|png|hei[cf])$/i.test(file.name);
  const reduced = async (file) => {
    if (!isPhoto(file) || !window.createImageBitmap) return file;
    let picture;
    try {
      picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = LONGEST_SIDE / Math.max(picture.width, picture.height);
      const foreign = /\.hei[cf]$/i.test(file.name);
      if (scale >= 1 && !foreign) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * Math.min(scale, 1));
      canvas.height = Math.round(picture.height * Math.min(scale, 1));
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return blob && (foreign || blob.size < file.size)
        ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" })
        : file;
    } catch {
      return file; // a picture that this browser cannot read
    } finally {
      picture?.close?.();
    }
  };

  // --- Talking to the server ---------------------------------------------------------------------------

  const pause = (seconds, signal) =>
    new Promise((done, fail) => {
      const end = () => {
        clearTimeout(timer);
        window.removeEventListener("online", end);
        signal.aborted ? fail(signal.reason) : done();
      };
      const timer = setTimeout(end, seconds * 1000);
      window.addEventListener("online", end); // the connection is back: at once
      signal.addEventListener("abort", end, { once: true });
    });

  // One request, tried again while the connection is away. Answers {status, body}.
  const ask = async (url, options, row) => {
    for (let tries = 0; ; tries += 1) {
      try {
        const headers = { "X-CSRFToken": row.token, ...options.headers };
        const answer = await fetch(url, { ...options, headers, redirect: "manual", signal: row.signal });
        if (answer.status && answer.status < 500) {
          const body = await answer.json().catch(() => ({}));
          return { status: answer.status, body };
        }
        if (!answer.status) throw new GivenUp(""); // sent elsewhere: the session has ended
      } catch (error) {
        if (row.signal.aborted || error instanceof GivenUp) throw error;
      }
      if (tries >= MOST_TRIES) throw new GivenUp(say("failed"));
      row.tell(say("waiting", { name: row.name }));
      await pause(WAITS[Math.min(tries, WAITS.length - 1)], row.signal);
    }
  };

  const begin = async (input, file, blob, sum, row) => {
    const old = kept(file);
    if (old && old.sum === sum) {
      const { status, body } = await ask(old.url, { method: "GET" }, row);
      if (status === 200 && body.size === blob.size) return { ...old, offset: body.offset };
    }
    const form = new FormData();
    form.append("filename", blob.name);
    form.append("size", blob.size);
    const { status, body } = await ask(input.dataset.upload, { method: "POST", body: form }, row);
    if (status !== 201) throw new GivenUp(body.error ?? "");
    keep(file, { key: body.key, url: body.url, part: body.part, sum });
    return { ...body, sum };
  };

  const send = async (input, file, row) => {
    row.tell(say("preparing", { name: row.name }));
    const blob = await reduced(file);
    const upload = await begin(input, file, blob, await sumOf(blob), row);
    for (let { offset } = upload, told = -1; offset < blob.size; ) {
      const tenth = Math.floor((10 * offset) / blob.size);
      if (tenth > told) row.tell(say("sending", { name: row.name, percent: 10 * tenth }));
      told = tenth;
      const { status, body } = await ask(
        upload.url,
        {
          method: "PATCH",
          headers: { "Upload-Offset": offset, "Content-Type": "application/octet-stream" },
          body: blob.slice(offset, offset + upload.part),
        },
        row,
      );
      // 409: a part arrived whose answer did not; the server says where to go on.
      if ((status !== 200 && status !== 409) || !Number.isInteger(body.offset)) {
        keep(file, null);
        throw new GivenUp(body.error ?? "");
      }
      offset = body.offset;
    }
    return upload.key;
  };

  // The words of the button that sends a form, without those that only screen readers say.
  const buttonOf = (form) => {
    const nodes = form?.querySelector("button[type=submit]")?.childNodes ?? [];
    return [...nodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(" ").trim();
  };

  // --- One file field ----------------------------------------------------------------------------------

  const fields = new WeakMap(); // input → {abort, done, box, busy}

  const clear = (input) => {
    const field = fields.get(input);
    field?.abort.abort();
    field?.box.remove();
    fields.delete(input);
    input.disabled = false;
    // What came before the form returned with errors gives way to a new choice.
    for (const old of input.parentElement?.querySelectorAll("[data-kept]") ?? []) old.remove();
  };

  const show = (input, token) => {
    const box = document.createElement("div");
    const text = document.createElement("p");
    const cancel = document.createElement("button");
    [box.className, cancel.className, cancel.type] = ["upload-state", "button-link", "button"];
    text.setAttribute("role", "status");
    cancel.textContent = say("cancel");
    cancel.addEventListener("click", () => {
      for (const file of input.files) {
        const old = kept(file);
        if (old) fetch(old.url, { method: "DELETE", headers: { "X-CSRFToken": token } }).catch(() => {});
        keep(file, null);
      }
      clear(input);
      input.value = "";
      input.focus();
    });
    box.append(text, cancel);
    input.after(box);
    return { box, text };
  };

  const start = (input) => {
    clear(input);
    const files = [...input.files];
    const token = input.form?.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!files.length || !token) return;
    const { box, text } = show(input, token);
    const abort = new AbortController();
    const field = { abort, box, busy: true, done: null };
    fields.set(input, field);
    const row = { token, signal: abort.signal, name: "", tell: (said) => (text.textContent = said) };
    field.done = (async () => {
      const keys = [];
      try {
        for (const file of files) {
          // Marks of direction in a name would turn the sentence that it stands in.
          row.name = file.name.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
          keys.push(await send(input, file, row));
        }
        for (const key of keys) {
          const hidden = document.createElement("input");
          [hidden.type, hidden.name, hidden.value] = ["hidden", `${input.name}-upload`, key];
          box.append(hidden);
        }
        const button = buttonOf(input.form);
        row.tell(
          files.length > 1
            ? say("arrivedAll", { count: files.length, button })
            : say("arrived", { name: row.name, button }),
        );
      } catch (error) {
        if (abort.signal.aborted) return;
        row.tell((error instanceof GivenUp && error.message) || say("plain", { name: row.name }));
      } finally {
        field.busy = false;
      }
      const form = input.form;
      if (form?.hasAttribute("hx-post") && !form.dataset.waits) form.dispatchEvent(new Event("change"));
    })();
  };

  const hasArrived = (field) => field.box.querySelector("input[type=hidden]") !== null;

  // Fields that htmx brings later are heard too; and before htmx, which may save the form on the same change.
  document.addEventListener(
    "change",
    (event) => {
      if (event.target.matches?.("input[type=file][data-upload]")) start(event.target);
    },
    true,
  );

  // --- Sending the form ------------------------------------------------------------------------------

  const inputsOf = (form) => [...form.elements].filter((field) => fields.has(field));
  const byKeys = (form) => {
    for (const input of inputsOf(form)) {
      const { busy, abort } = fields.get(input);
      if (busy) abort.abort();
      // What arrived goes by its key and not once more; else the file itself goes.
      input.disabled = hasArrived(fields.get(input));
    }
  };
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const busy = inputsOf(form).filter((input) => fields.get(input).busy);
      if (busy.length && !form.dataset.waits) {
        // Waits for what is under way; pressing again sends at once, as without a script.
        event.preventDefault();
        event.stopImmediatePropagation();
        form.dataset.waits = "1";
        Promise.all(busy.map((input) => fields.get(input).done)).then(() => {
          if (form.dataset.waits && form.isConnected) form.requestSubmit(event.submitter);
        });
        return;
      }
      delete form.dataset.waits;
      byKeys(form);
    },
    true,
  );
  // A form that saves itself (htmx) sends a file by its key, once it has arrived, and never the file besides.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.detail.elt.closest("form");
    for (const input of form ? inputsOf(form) : []) {
      const field = fields.get(input);
      if (field.busy || hasArrived(field)) event.detail.formData.delete(input.name);
    }
  });

  // --- Going on: <a data-files-first> ------------------------------------------------------------------
  // Nobody leaves a chosen file behind without a word: the forms of the page are sent first. The last one leads on;
  // one that is refused is sent so that the person reads why.

  const isStored = async (form) => {
    byKeys(form);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      return answer.type === "opaqueredirect";
    } catch {
      return false;
    }
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-files-first]");
    const forms = [...document.forms].filter((form) => inputsOf(form).length);
    if (!link || !forms.length || link.dataset.waits || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.dataset.waits = "1"; // pressing again goes on at once
    const last = forms.pop();
    const refused = [];
    for (const form of forms) {
      await Promise.all(inputsOf(form).map((input) => fields.get(input).done));
      if (!(await isStored(form))) refused.push(form);
    }
    const onward = document.createElement("input");
    [onward.type, onward.name, onward.value] = ["hidden", "onward", "1"];
    if (!refused.length) last.append(onward);
    else if (!(await isStored(last))) refused.push(last);
    (refused[0] ?? last).requestSubmit();
  });

  // Back from a page that could not be reached: the fields can be used again.
  window.addEventListener("pageshow", () => {
    for (const input of document.querySelectorAll("input[type=file][data-upload]")) input.disabled = false;
  });
})();
