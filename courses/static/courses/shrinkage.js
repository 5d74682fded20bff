// The shrinkage calculator of a lesson. The upper half computes as courses/simulators/shrinkage.py does, in exact fractions
// (tests/courses/simulators/test_shrinkage_js.py compares them).
const TERMS = ["leave", "sickness", "training", "meetings", "breaks"];
const up = (a, b) => (a % b === 0n ? a / b : a / b + 1n);

// 12,345.6: at most two places, no zeros at the end; the same in both languages
export function plain(top, bottom) {
  const hundredths = (top * 200n + bottom) / (bottom * 2n);
  const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}${`.${(hundredths % 100n).toString().padStart(2, "0")}`.replace(/\.?0+$/, "")}`;
}

function way(start, isMultiplied) {
  const paid = BigInt(start.paid_hours);
  const found = {};
  let [rest, scale] = [1n, 1n]; // the share that is left, as rest ÷ scale
  for (const term of TERMS) {
    const percent = BigInt(start[`${term}_percent`]);
    const taken = isMultiplied ? rest * percent : scale * percent; // ÷ (scale · 100)
    found[term] = plain(paid * taken, scale * 100n);
    [rest, scale] = [rest * 100n - taken, scale * 100n];
  }
  found.isNobody = rest <= 0n;
  found.hours = rest < 0n ? `−${plain(-rest * paid, scale)}` : plain(rest * paid, scale);
  found.shrinkage = `${plain((scale - rest) * 100n, scale)}%`;
  found.rostered = found.isNobody ? null : up(BigInt(start.needed) * scale, rest);
  return { found, rest, scale };
}

// `start`: the figures as whole numbers. Amounts come as they are shown.
export function shrinkage(start) {
  const [added, multiplied] = [way(start, false), way(start, true)];
  const { rest, scale } = added;
  const tooFew = up(BigInt(start.needed) * (2n * scale - rest), scale);
  return {
    added: added.found,
    multiplied: multiplied.found,
    tooFew,
    tooFewOnPhones: rest > 0n ? plain(tooFew * rest, scale) : "0",
  };
}

// --- the page ---------------------------------------------------------------------------------------------------
//   [data-shrinkage='{texts}']  input[type=range][data-figure] with its [data-figure-shown], [data-shown="added.leave"] a cell,
//     [data-needed], [data-too-few], [data-reset], [data-live]: what is needed, said when the hand rests
const REST_MS = 600;

const fill = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => words[name]);

function begin(root) {
  const texts = JSON.parse(root.dataset.shrinkage);
  const sliders = [...root.querySelectorAll("input[data-figure]")];
  const [needed, tooFew, live] = ["[data-needed]", "[data-too-few]", "[data-live]"].map((part) => root.querySelector(part));
  let rest;

  function draw() {
    const start = {};
    for (const slider of sliders) {
      start[slider.dataset.figure] = slider.valueAsNumber;
      const shown = fill(slider.dataset.text, { n: plain(BigInt(slider.valueAsNumber), 1n) });
      slider.setAttribute("aria-valuetext", shown);
      slider.parentElement.querySelector("[data-figure-shown]").textContent = shown;
    }
    const found = shrinkage(start);
    for (const cell of root.querySelectorAll("[data-shown]")) {
      const [name, place] = cell.dataset.shown.split(".");
      const value = found[name][place];
      if (place === "rostered") cell.textContent = value === null ? "–" : plain(value, 1n);
      else cell.textContent = place === "shrinkage" ? value : fill(texts.hours, { n: value });
    }
    const { rostered, shrinkage: share } = found.added;
    needed.textContent = rostered === null ? texts.nobody : fill(texts.rostered, { needed: plain(BigInt(start.needed), 1n), rostered: plain(rostered, 1n), shrinkage: share });
    tooFew.hidden = rostered === null || found.tooFew === rostered;
    tooFew.textContent = tooFew.hidden ? "" : fill(texts.too_few, { shrinkage: share, too_few: plain(found.tooFew, 1n), left: found.tooFewOnPhones });
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (live.textContent !== needed.textContent) live.textContent = needed.textContent;
    }, REST_MS);
  }

  root.addEventListener("input", draw);
  root.querySelector("[data-reset]").addEventListener("click", () => {
    for (const slider of sliders) slider.value = slider.defaultValue;
    draw();
  });
  for (const part of root.querySelectorAll("[data-controls]")) part.hidden = false;
  draw();
  clearTimeout(rest);
  live.setAttribute("role", "status");
}

if (typeof document !== "undefined") for (const root of document.querySelectorAll("[data-shrinkage]")) begin(root);
