// The forecast of a lesson. The upper half computes as courses/simulators/forecast.py does
// (tests/courses/simulators/test_forecast_js.py compares them). Erlang comes from staffing.js by its address on the block:
// the served files' names hold a hash, which an import by name wouldn't know.
const [LEAST_FACTOR, MOST_FACTOR] = [0.5, 2];
const HALF_HOUR_S = 1800;

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function factorOf(agos, totals) {
  const mean = meanOf(totals);
  if (totals.length < 3 || !mean) return 1;
  const at = meanOf(agos);
  let [across, along] = [0, 0];
  for (let n = 0; n < agos.length; n += 1) {
    across += (agos[n] - at) * (totals[n] - mean);
    along += (agos[n] - at) ** 2;
  }
  const today = mean - (across / along) * at;
  return Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, today / mean));
}

// `weeks`, oldest first: { calls, dayCalls (null: not known), isCounted }; null where none counts
export function forecast(weeks) {
  const knowsDays = weeks.every((week) => week.dayCalls !== null);
  const [calls, agos, totals] = [[], [], []];
  weeks.forEach((week, place) => {
    if (!week.isCounted) return;
    calls.push(week.calls);
    agos.push(weeks.length - place);
    totals.push(knowsDays ? week.dayCalls : week.calls);
  });
  if (!calls.length) return null;
  const mean = meanOf(calls);
  const factor = factorOf(agos, totals);
  return { calls: mean * factor, mean, factor, weeks: calls.length };
}

// 12,345.6, rounded half up past binary dust
export function onePlace(value) {
  const tenths = Math.floor(value * 10 + 0.5 + 1e-9);
  const whole = String(Math.floor(tenths / 10)).replace(/\B(?=(\d{3})+$)/g, ",");
  return tenths % 10 ? `${whole}.${tenths % 10}` : whole;
}

// --- the page ---------------------------------------------------------------------------------------------------
//   [data-forecast='{…}']  rows [data-week] with [data-calls], [data-counts], [data-day], [data-bar]; [data-forecast-calls],
//     [data-forecast-bar], [data-forecast-words], [data-need-words], [data-before]: what the weeks as they were come to,
//     [data-reset], [data-live]: the forecast, said when the hand rests
const REST_MS = 600;

const fill = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => words[name]);

async function begin(root) {
  const { agentsFor, peopleToRoster } = await import(root.dataset.erlang);
  const { plan, texts, day_calls: days, calls: starts } = JSON.parse(root.dataset.forecast);
  const rows = [...root.querySelectorAll("[data-week]")].map((row) => ({
    calls: row.querySelector("[data-calls]"), counts: row.querySelector("[data-counts]"), day: row.querySelector("[data-day]"), bar: row.querySelector("[data-bar]"), row,
  }));
  const part = (name) => root.querySelector(`[data-${name}]`);
  const live = part("live");
  let rest;

  function needWords(found) {
    const agents = agentsFor(found.calls, HALF_HOUR_S, plan.aht_s, plan.service_level_percent / 100, plan.answer_within_s);
    return fill(texts.need, {
      calls: onePlace(found.calls), agents, rostered: peopleToRoster(agents, plan.shrinkage_percent / 100),
      target: plan.service_level_percent, within: plan.answer_within_s, shrinkage: plan.shrinkage_percent,
    });
  }

  function draw() {
    const weeks = rows.map(({ calls, counts }, n) => {
      const typed = Math.min(Number(calls.max), Math.max(0, Math.round(calls.valueAsNumber)));
      const isNumber = Number.isFinite(typed);
      calls.setAttribute("aria-invalid", String(!isNumber));
      const now = isNumber ? typed : 0;
      // what the half-hour gains the day gains
      return { calls: now, dayCalls: days && days[n] - starts[n] + now, isCounted: counts.checked && isNumber };
    });
    const found = forecast(weeks);
    const tallest = Math.max(1, found?.calls ?? 0, ...weeks.map((week) => week.calls));
    rows.forEach(({ row, bar, day }, n) => {
      row.classList.toggle("is-left-out", !weeks[n].isCounted);
      bar.setAttribute("width", ((weeks[n].calls / tallest) * 100).toFixed(2));
      if (day) day.textContent = onePlace(weeks[n].dayCalls);
    });
    part("forecast-calls").textContent = found ? onePlace(found.calls) : "–";
    part("forecast-bar").setAttribute("width", found ? ((found.calls / tallest) * 100).toFixed(2) : "0");
    part("forecast-words").textContent = found
      ? fill(texts.forecast, { weeks: found.weeks, mean: onePlace(found.mean), factor: `${onePlace(found.factor * 100)}%`, calls: onePlace(found.calls) })
      : texts.nothing;
    part("need-words").textContent = found ? needWords(found) : "";
    part("before").hidden = rows.every(({ calls, counts }) => calls.value === calls.defaultValue && counts.checked);
    clearTimeout(rest);
    rest = setTimeout(() => {
      const said = `${part("forecast-words").textContent} ${part("need-words").textContent}`.trim();
      if (live.textContent !== said) live.textContent = said;
    }, REST_MS);
  }

  root.addEventListener("input", draw);
  part("reset").addEventListener("click", () => {
    for (const { calls, counts } of rows) {
      calls.value = calls.defaultValue;
      counts.checked = true;
    }
    draw();
  });
  for (const control of root.querySelectorAll("[data-controls]")) control.hidden = false;
  for (const still of root.querySelectorAll("[data-static]")) still.hidden = true;
  draw();
  clearTimeout(rest);
  live.setAttribute("role", "status");
}

if (typeof document !== "undefined") for (const root of document.querySelectorAll("[data-forecast]")) begin(root);
