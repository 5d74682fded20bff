// Tables of rows in the back office: rows are added, moved and taken away by buttons. Without this file the number for
// the place, the tick and the blank rows do the same. Also: copying a text, and dropping files on an upload form.

const isRow = (element) => element.matches("[data-row]") && !element.hidden;

function renumber(list) {
  let place = 0;
  for (const row of list.querySelectorAll(":scope > [data-row]")) {
    const order = row.querySelector("input[name$='-ORDER']");
    if (order) order.value = ++place;
  }
}

function addRow(table) {
  const list = table.querySelector("[data-row-list]");
  const total = table.querySelector("input[name$='-TOTAL_FORMS']");
  const made = document.createElement("template");
  made.innerHTML = table.querySelector("[data-row-template]").innerHTML.replaceAll("__prefix__", total.value);
  const row = made.content.querySelector("[data-row]");
  list.append(row);
  total.value = Number(total.value) + 1;
  dress(row);
  renumber(list);
  return row;
}

function dress(row) {
  row.classList.add("is-scripted");
  for (const element of row.querySelectorAll(".row-buttons")) element.hidden = false;
}

function remove(row) {
  const list = row.parentElement;
  const next = [...list.children].filter(isRow).find((other) => other !== row);
  row.querySelector("input[name$='-DELETE']").checked = true;
  row.hidden = true;
  (next?.querySelector("textarea, input:not([type=hidden])") ?? list).focus();
}

function move(row, direction) {
  const list = row.parentElement;
  const rows = [...list.children].filter(isRow);
  const other = rows[rows.indexOf(row) + (direction === "up" ? -1 : 1)];
  if (!other) return;
  if (direction === "up") other.before(row);
  else other.after(row);
  renumber(list);
  row.querySelector(`[data-row-move="${direction}"]`).focus();
}

for (const table of document.querySelectorAll("[data-rows]")) {
  table.classList.add("is-scripted");
  for (const row of table.querySelectorAll("[data-row-list] > [data-row]")) {
    dress(row);
    if (row.querySelector("input[name$='-DELETE']")?.checked) row.hidden = true;
  }
  renumber(table.querySelector("[data-row-list]"));
  for (const button of table.querySelectorAll("[data-row-add]")) button.hidden = false;
  table.addEventListener("rows:add", (event) => event.detail(addRow(table)));
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-row-add]")) addRow(table).querySelector("textarea, input, select")?.focus();
    else if (button.matches("[data-row-remove]")) remove(button.closest("[data-row]"));
    else if (button.matches("[data-row-move]")) move(button.closest("[data-row]"), button.dataset.rowMove);
  });
}

// --- copy a text ---------------------------------------------------------------------------------------------

const showCopyButtons = () => {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};
showCopyButtons();
document.getElementById("listing-results")?.addEventListener("w-swap:success", showCopyButtons);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    const code = button.parentElement.querySelector("code"); // not a secure page: select it, to copy by hand
    getSelection().selectAllChildren(code);
    return;
  }
  const words = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = words; }, 1500);
});

// --- drop files ----------------------------------------------------------------------------------------------

for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  const input = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-drop-list]");
  const show = () => list.replaceChildren(...[...input.files].map((file) => {
    const line = document.createElement("li");
    line.textContent = `${file.name} (${Math.max(1, Math.round(file.size / 1024))} kB)`;
    return line;
  }));
  input.addEventListener("change", show);
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    show();
  });
}
