// One question on a page: reads and writes its answer, whatever its kind; moves the lines of an ordering; records.
//   [data-question="7"] around [data-question-body] data-kind data-name="a7" (question_body.html)
// Each [data-question] gets  element.question = {read(), write(answer), lock(isLocked), recorded(url)}  and fires
//   "question:answer"   {typing}        the answer changed; while typing, more will follow
//   "question:recorded" {blob}          something was recorded or chosen; nothing is sent from here
// Stands alone: previews use it without the player.
const CHOICES = ["single", "multiple", "true_false"];
const TEXTS = ["numeric", "short_text", "written"];
const MOST_SECONDS = 600;
const BITS = 48000;

function open(section, body) {
  const { kind, name } = body.dataset;
  const fields = body.querySelector(".question-answer");
  const order = body.querySelector("[data-order]");
  const recorder = body.querySelector("[data-recorder]");
  const changed = (typing = false) => section.dispatchEvent(new CustomEvent("question:answer", { bubbles: true, detail: { typing } }));
  const recording = recorder ? record(section, recorder) : null;
  if (order) arrange(order, changed);

  const isText = (field) => field.matches("textarea, input:not([type]), input[type='text']");
  fields.addEventListener("input", (event) => {
    if (isText(event.target) && !event.isComposing) changed(true);
  });
  fields.addEventListener("compositionend", (event) => isText(event.target) && changed(true));
  fields.addEventListener("change", (event) => {
    if (event.target.type !== "file" && !event.target.closest("[data-order]")) changed(false);
  });

  const boxes = (scope, wanted) => [...scope.querySelectorAll("input")].filter((box) => box.checked && box.name === wanted).map((box) => Number(box.value));
  const gaps = () => [...fields.querySelectorAll("[data-gap]")];

  function readGap(gap) {
    if (gap.matches("[data-gap-choice]")) return gap.value ? [Number(gap.value)] : [];
    if (gap.matches("input")) return gap.value;
    return boxes(gap, `${name}-${gap.dataset.gap}`);
  }

  function writeGap(gap, value) {
    if (gap.matches("[data-gap-choice]")) gap.value = String(value?.[0] ?? "");
    else if (gap.matches("input")) gap.value = value ?? "";
    else for (const box of gap.querySelectorAll("input")) box.checked = (value ?? []).map(String).includes(box.value);
  }

  function read() {
    if (CHOICES.includes(kind)) return boxes(fields, name);
    if (TEXTS.includes(kind)) return fields.querySelector(`[name="${name}"]`).value;
    if (kind === "matching") {
      const chosen = [...fields.querySelectorAll("[data-left]")].filter((select) => select.value);
      return Object.fromEntries(chosen.map((select) => [select.dataset.left, Number(select.value)]));
    }
    if (kind === "ordering") return order.hasAttribute("data-touched") ? lines(order).map((line) => Number(line.dataset.line)) : [];
    if (kind === "spoken") return recorder.dataset.recording ? [Number(recorder.dataset.recording)] : [];
    return Object.fromEntries(gaps().map((gap) => [gap.dataset.gap, readGap(gap)]));
  }

  function write(answer) {
    if (CHOICES.includes(kind)) for (const box of fields.querySelectorAll("input")) box.checked = answer.map(String).includes(box.value);
    else if (TEXTS.includes(kind)) fields.querySelector(`[name="${name}"]`).value = answer;
    else if (kind === "matching") for (const select of fields.querySelectorAll("[data-left]")) select.value = String(answer[select.dataset.left] ?? "");
    else if (kind === "ordering") {
      if (!answer.length) return;
      for (const pk of answer) order.append(order.querySelector(`[data-line="${Number(pk)}"]`));
      order.setAttribute("data-touched", "");
      settle(order);
    } else if (kind !== "spoken") for (const gap of gaps()) writeGap(gap, answer[gap.dataset.gap]);
  }

  /** Resolves when nothing is being recorded any more. */
  async function lock(isLocked) {
    if (isLocked) await recording?.stop();
    fields.disabled = isLocked;
  }

  return { read, write, lock, recorded: (state, pk, url) => recording?.show(state, pk, url) };
}

// --- putting lines in order: arrows, or dragging by the grip; touch works, too

const lines = (order) => [...order.querySelectorAll("[data-line]")];

function settle(order) {
  const all = lines(order);
  all.forEach((line, place) => {
    line.querySelector('[data-move="-1"]').setAttribute("aria-disabled", String(place === 0));
    line.querySelector('[data-move="1"]').setAttribute("aria-disabled", String(place === all.length - 1));
    if (order.hasAttribute("data-touched")) line.querySelector("select").value = String(place + 1); // for a plain form
  });
}

function arrange(order, changed) {
  const fields = order.closest("fieldset");
  const said = order.parentElement.querySelector("[data-order-said]");

  function moved(line) {
    order.setAttribute("data-touched", "");
    settle(order);
    const all = lines(order);
    const words = order.dataset.textMoved.replace("{number}", all.indexOf(line) + 1).replace("{total}", all.length);
    said.textContent = `${line.querySelector(".order-text").textContent.trim()}: ${words}`;
    changed();
  }

  order.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const line = button.closest("[data-line]");
    if (button.dataset.move === "-1") line.previousElementSibling.before(line);
    else line.nextElementSibling.after(line);
    moved(line);
    button.focus(); // moving the line took the focus away
  });

  order.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || fields.disabled || event.button !== 0) return;
    event.preventDefault();
    const line = grip.closest("[data-line]");
    const before = lines(order).indexOf(line);
    grip.setPointerCapture(event.pointerId);
    line.classList.add("is-dragged");
    const drag = ({ clientY }) => {
      for (const other of lines(order)) {
        if (other === line) continue;
        const { top, height } = other.getBoundingClientRect();
        const isBelow = line.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
        if (isBelow && clientY > top + height / 2) other.after(line);
        else if (!isBelow && clientY < top + height / 2) {
          other.before(line);
          break;
        }
      }
    };
    const drop = () => {
      grip.removeEventListener("pointermove", drag);
      grip.removeEventListener("lostpointercapture", drop);
      line.classList.remove("is-dragged");
      if (lines(order).indexOf(line) !== before) moved(line);
    };
    grip.addEventListener("pointermove", drag);
    grip.addEventListener("lostpointercapture", drop);
  });

  settle(order);
}

// --- spoken answers

function record(section, element) {
  const start = element.querySelector("[data-record-start]");
  const stop = element.querySelector("[data-record-stop]");
  const time = element.querySelector("[data-record-time]");
  const upload = element.querySelector("[data-record-upload]");
  const playback = element.querySelector("[data-playback]");
  let running = null;
  const can = start && navigator.mediaDevices?.getUserMedia && window.MediaRecorder;
  if (can) start.hidden = false;
  else if (upload) upload.open = true;

  function show(state, pk, url) {
    element.dataset.state = state;
    if (pk) element.dataset.recording = String(pk);
    if (url) {
      playback.src = url;
      playback.hidden = false;
    }
  }

  function give(blob) {
    if (!blob.size || blob.size > Number(element.dataset.mostBytes)) return show("refused");
    show("keeping", null, URL.createObjectURL(blob));
    section.dispatchEvent(new CustomEvent("question:recorded", { bubbles: true, detail: { blob } }));
  }

  function halt() {
    if (!running) return Promise.resolve();
    if (running.media.state !== "inactive") running.media.stop();
    return running.done;
  }

  start?.addEventListener("click", async () => {
    if (running) return;
    const before = element.dataset.state;
    show("asking");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      show(before === "kept" ? "kept" : "denied");
      upload.open = true;
      return;
    }
    const type = ["audio/webm", "audio/ogg", "audio/mp4"].find((each) => MediaRecorder.isTypeSupported(each));
    const media = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS });
    const pieces = [];
    const began = performance.now();
    const tick = setInterval(() => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= MOST_SECONDS) halt();
    }, 250);
    media.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
    const done = new Promise((resolve) => {
      media.addEventListener("stop", () => {
        clearInterval(tick);
        for (const track of stream.getTracks()) track.stop();
        running = null;
        stop.hidden = true;
        start.hidden = false;
        give(new Blob(pieces, { type: media.mimeType.split(";")[0] }));
        resolve();
      });
    });
    running = { media, done };
    time.textContent = "0:00";
    start.hidden = true;
    stop.hidden = false;
    show("recording");
    stop.focus();
    media.start(1000);
  });
  stop?.addEventListener("click", halt);
  element.querySelector('input[type="file"]')?.addEventListener("change", (event) => event.target.files[0] && give(event.target.files[0]));
  return { show, stop: halt };
}

for (const section of document.querySelectorAll("[data-question]")) {
  const body = section.querySelector("[data-question-body]");
  if (body?.querySelector(".question-answer")) section.question = open(section, body);
}
