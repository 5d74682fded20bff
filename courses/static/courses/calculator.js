// The metric calculator of a lesson. The upper half computes as courses/simulators/{formulas,metrics} do, in exact fractions
// (tests/courses/simulators/test_calculator_js.py compares them).
const gcd = (a, b) => (b === 0n ? a : gcd(b, a % b));

export function fraction(top, bottom = 1n) {
  const sign = bottom < 0n ? -1n : 1n;
  const shared = gcd(top < 0n ? -top : top, bottom < 0n ? -bottom : bottom) || 1n;
  return { top: (sign * top) / shared, bottom: (sign * bottom) / shared };
}

// "12.5" as a fraction; null for anything but a plain number from 0 up.
export function readNumber(text) {
  const found = /^(\d{1,12})(?:\.(\d{0,6}))?$/.exec(text.trim());
  if (!found) return null;
  const places = found[2] ?? "";
  return fraction(BigInt(found[1] + places), 10n ** BigInt(places.length));
}

// A formula: a figure's name, a number, or [sign, left, right]. Throws { by } where something is divided by 0.
export function valueOf(formula, values) {
  if (typeof formula === "string") return values[formula];
  if (typeof formula === "number") return fraction(BigInt(formula));
  const [sign, left, right] = formula;
  const [a, b] = [valueOf(left, values), valueOf(right, values)];
  if (sign === "+") return fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
  if (sign === "-") return fraction(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom);
  if (sign === "*") return fraction(a.top * b.top, a.bottom * b.bottom);
  if (b.top === 0n) throw { by: right };
  return fraction(a.top * b.bottom, a.bottom * b.top);
}

const STRENGTH = { "+": 1, "-": 1, "*": 2, "/": 2 };
const WRITTEN = { "+": "+", "-": "−", "*": "×", "/": "÷" };

export function written(formula, leaf, around = 0) {
  if (!Array.isArray(formula)) return leaf(formula);
  const [sign, left, right] = formula;
  const strength = STRENGTH[sign];
  const text = `${written(left, leaf, strength)} ${WRITTEN[sign]} ${written(right, leaf, strength + (sign === "-" || sign === "/" ? 1 : 0))}`;
  return strength < around ? `(${text})` : text;
}

const floorDivide = (a, b) => (a >= 0n ? a / b : -((-a + b - 1n) / b)); // b above 0

// `rounding`: ROUND_FLOOR, ROUND_CEILING or ROUND_HALF_UP, as Python's decimal calls them
export function rounded(value, places, rounding) {
  const scale = 10n ** BigInt(places);
  const top = value.top * scale;
  if (rounding === "ROUND_FLOOR") return fraction(floorDivide(top, value.bottom), scale);
  if (rounding === "ROUND_CEILING") return fraction(-floorDivide(-top, value.bottom), scale);
  const size = floorDivide((top < 0n ? -top : top) * 2n + value.bottom, value.bottom * 2n);
  return fraction(top < 0n ? -size : size, scale);
}

// 12,345.6: at most two places, no zeros at the end; the same in both languages
export function plain(value) {
  const isBelow = value.top < 0n;
  const hundredths = floorDivide((isBelow ? -value.top : value.top) * 200n + value.bottom, value.bottom * 2n);
  const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const places = `.${(hundredths % 100n).toString().padStart(2, "0")}`.replace(/\.?0+$/, "");
  return `${isBelow && hundredths ? "−" : ""}${whole}${places}`;
}

const isMore = (a, b) => a.top * b.bottom > b.top * a.bottom;

// `metric`: what the server gives with the block. Answers { filledIn, result, isDefined, isMet }.
export function computed(metric, values) {
  const number = (leaf) => (leaf === 100 && metric.is_percent ? "100%" : plain(typeof leaf === "string" ? values[leaf] : fraction(BigInt(leaf))));
  const words = (formula) => written(formula, (leaf) => (typeof leaf === "string" ? metric.labels[leaf] : String(leaf)));
  const filledIn = written(metric.formula, number);
  const none = (result) => ({ filledIn, result, isDefined: false, isMet: false });
  for (const [smaller, larger] of metric.limits) {
    if (isMore(valueOf(smaller, values), valueOf(larger, values))) return none(metric.contradiction.replace("{smaller}", words(smaller)).replace("{larger}", words(larger)));
  }
  let exact;
  try {
    exact = valueOf(metric.formula, values);
  } catch (problem) {
    if (!problem.by) throw problem;
    return none(metric.zero.replace("{by}", words(problem.by)));
  }
  const [least, most] = [metric.least, metric.most].map((end) => (end === null ? null : readNumber(end)));
  const isMet = (least === null || !isMore(least, exact)) && (most === null || !isMore(exact, most));
  return { filledIn, result: metric.shown.replace("{n}", plain(rounded(exact, metric.places, metric.rounding))), isDefined: true, isMet };
}

// --- the page ---------------------------------------------------------------------------------------------------
//   [data-calculator='{…}']  input[data-figure] and input[data-slider] of the same name, [data-filled-in], [data-result],
//     [data-verdict=met|missed], [data-reset], [data-live]: the result, said when the hand rests
const REST_MS = 600;

function begin(root) {
  const metric = JSON.parse(root.dataset.calculator);
  const fields = [...root.querySelectorAll("input[data-figure]")];
  const sliderOf = (field) => root.querySelector(`[data-slider="${field.dataset.figure}"]`);
  const result = root.querySelector("[data-result]");
  const live = root.querySelector("[data-live]");
  let rest;

  function draw() {
    const values = Object.fromEntries(fields.map((field) => [field.dataset.figure, readNumber(field.value)]));
    const isWhole = Object.values(values).every((value) => value !== null);
    for (const field of fields) field.setAttribute("aria-invalid", String(values[field.dataset.figure] === null));
    const found = isWhole ? computed(metric, values) : { filledIn: "", result: root.dataset.textNumber, isDefined: false, isMet: false };
    root.querySelector("[data-filled-in]").textContent = found.filledIn && `= ${found.filledIn}`;
    result.textContent = found.isDefined ? `= ${found.result}` : found.result;
    result.classList.toggle("formula-none", !found.isDefined);
    for (const verdict of root.querySelectorAll("[data-verdict]")) verdict.hidden = !found.isDefined || (verdict.dataset.verdict === "met") !== found.isMet;
    clearTimeout(rest);
    rest = setTimeout(() => {
      const verdict = root.querySelector("[data-verdict]:not([hidden])")?.textContent.trim() ?? "";
      const said = `${found.result} ${verdict}`.trim();
      if (live.textContent !== said) live.textContent = said;
    }, REST_MS);
  }

  root.addEventListener("input", (event) => {
    const { figure, slider } = event.target.dataset;
    if (slider) root.querySelector(`[data-figure="${slider}"]`).value = event.target.value;
    if (figure) sliderOf(event.target).value = event.target.value;
    draw();
  });
  root.querySelector("[data-reset]").addEventListener("click", () => {
    for (const field of fields) {
      field.value = field.defaultValue;
      sliderOf(field).value = field.defaultValue;
    }
    draw();
  });
  for (const part of root.querySelectorAll("[data-controls]")) part.hidden = false;
  for (const part of root.querySelectorAll("[data-static]")) part.hidden = true;
  draw();
  clearTimeout(rest);
  live.setAttribute("role", "status");
}

if (typeof document !== "undefined") for (const root of document.querySelectorAll("[data-calculator]")) begin(root);
