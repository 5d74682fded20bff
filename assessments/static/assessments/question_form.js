// The form for a question: shows what the chosen kind needs, keeps a row for each gap in the text, and puts gaps and
// media where one was typing. Without it everything is shown, and the server takes what the kind uses.

const form = document.getElementById("w-editor-form");
const kind = form.querySelector("select[name=kind]");
const stems = [...form.querySelectorAll("textarea[name^=stem_]")];
const gaps = form.querySelector("[data-rows=gaps]");
let typedIn = stems[0];

const showKind = () => { form.dataset.kind = kind.value; };
kind.addEventListener("change", showKind);
showKind();

form.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea")) typedIn = event.target;
});

function insert(text, field) {
  const at = field.selectionStart ?? field.value.length;
  field.setRangeText(text, at, field.selectionEnd ?? at, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const button of form.querySelectorAll("[data-insert]")) {
  button.hidden = false;
  button.addEventListener("click", () => { insert(button.dataset.insert, typedIn); typedIn.focus(); });
}

// --- gaps ----------------------------------------------------------------------------------------------------

const numbersIn = (text) => [...text.matchAll(/\[\[(\d{1,2})\]\]/g)].map((match) => Number(match[1]));
const gapRows = () => [...gaps.querySelectorAll("[data-row-list] > [data-row]")].filter((row) => !row.hidden);
const numberOf = (row) => row.querySelector("input[name$='-number']");

function syncGaps() {
  const wanted = new Set(stems.flatMap((stem) => numbersIn(stem.value)));
  const there = new Set(gapRows().map((row) => Number(numberOf(row).value)).filter(Boolean));
  for (const number of [...wanted].sort((one, other) => one - other)) {
    if (there.has(number)) continue;
    const blank = gapRows().find((row) => !numberOf(row).value);
    if (blank) numberOf(blank).value = number;
    else gaps.dispatchEvent(new CustomEvent("rows:add", { detail: (row) => { numberOf(row).value = number; } }));
  }
  for (const row of gapRows()) {
    const number = Number(numberOf(row).value);
    row.classList.toggle("is-blank", !number);
    row.classList.toggle("is-unused", Boolean(number) && !wanted.has(number));
  }
}

if (gaps) {
  for (const stem of stems) stem.addEventListener("input", syncGaps);
  const button = gaps.querySelector("[data-gap-insert]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = Math.max(0, ...stems.flatMap((stem) => numbersIn(stem.value))) + 1;
    for (const stem of stems) if (stem === typedIn || stem.value.trim()) insert(`[[${next}]]`, stem);
    syncGaps();
  });
  syncGaps();
}
