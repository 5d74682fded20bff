// The staffing calculator of a lesson. The upper half computes as courses/simulators/{erlang,rules}.py do, under the same
// names (tests/courses/simulators/test_staffing_js.py compares them); what comes in is bounded by the sliders.
export const UNSTABLE = "unstable";
const HALF_HOUR_S = 1800;

export function erlangB(load, agents) {
  let blocked = 1;
  for (let agent = 1; agent <= agents; agent += 1) blocked = (load * blocked) / (agent + load * blocked);
  return blocked;
}

const waitingShare = (blocked, load, agents) => blocked / (1 - (load / agents) * (1 - blocked));
const inTime = (waiting, load, agents, ahtS, withinS) => 1 - waiting * Math.exp((-(agents - load) * withinS) / ahtS);

export function erlangC(load, agents) {
  return agents <= load ? UNSTABLE : waitingShare(erlangB(load, agents), load, agents);
}

export function serviceLevel(calls, intervalS, ahtS, agents, withinS) {
  const load = (calls * ahtS) / intervalS;
  const waiting = erlangC(load, agents);
  return waiting === UNSTABLE ? UNSTABLE : inTime(waiting, load, agents, ahtS, withinS);
}

export function averageSpeedOfAnswer(calls, intervalS, ahtS, agents) {
  const load = (calls * ahtS) / intervalS;
  const waiting = erlangC(load, agents);
  return waiting === UNSTABLE ? UNSTABLE : (waiting * ahtS) / (agents - load);
}

export function occupancy(calls, intervalS, ahtS, agents) {
  const load = (calls * ahtS) / intervalS;
  return agents <= load ? UNSTABLE : load / agents;
}

export function peopleToRoster(agents, shrinkage) {
  return Math.ceil(agents / (1 - shrinkage) - 1e-9);
}

export function agentsFor(calls, intervalS, ahtS, target, withinS, shrinkage = 0) {
  if (!calls) return 0;
  const load = (calls * ahtS) / intervalS;
  let agents = Math.floor(load) + 1;
  let blocked = erlangB(load, agents);
  while (inTime(waitingShare(blocked, load, agents), load, agents, ahtS, withinS) < target) {
    agents += 1;
    blocked = (load * blocked) / (agents + load * blocked);
  }
  return peopleToRoster(agents, shrinkage);
}

function queueOf(arrivals, endings) {
  let [weight, wait, states, length, waits, logScale] = [1, 0, 0, 0, 0, 0];
  for (let waiting = 1; ; waiting += 1) {
    const ratio = arrivals / (endings + waiting);
    weight *= ratio;
    wait += 1 / (endings + waiting);
    states += weight;
    length += weight * waiting;
    waits += weight * wait;
    if (states > 1e200) {
      [weight, states, length, waits] = [weight, states, length, waits].map((value) => value * 1e-200);
      logScale += 200 * Math.log(10);
    }
    if (ratio < 1 && (weight * (waiting + 1 / (1 - ratio))) / (1 - ratio) <= 1e-16 * length) return { states, length, waits, logScale };
  }
}

function lateShare(queue, arrivals, endings, passed) {
  const left = queueOf(arrivals * Math.exp(-passed), endings);
  if (!left.states) return 0;
  const growth = -arrivals * Math.expm1(-passed) - endings * passed;
  return Math.min(1, Math.exp(Math.min(0, growth + Math.log(left.states / queue.states) + left.logScale - queue.logScale)));
}

export function erlangA(calls, intervalS, ahtS, agents, withinS, patienceS) {
  if (!calls) return { waiting: 0, serviceLevel: 1, abandonment: 0, occupancy: 0, averageSpeedOfAnswer: 0 };
  const load = (calls * ahtS) / intervalS;
  const arrivals = (calls * patienceS) / intervalS;
  const endings = (agents * patienceS) / ahtS;
  const blocked = erlangB(load, agents);
  const queue = queueOf(arrivals, endings);
  const nobodyWaits = Math.exp(-queue.logScale);
  const states = nobodyWaits + blocked * queue.states;
  const waiting = (blocked * (nobodyWaits + queue.states)) / states;
  const answeredLater = (((blocked * queue.states) / states) * endings) / arrivals;
  const answered = 1 - waiting + answeredLater;
  const late = lateShare(queue, arrivals, endings, withinS / patienceS);
  return {
    waiting,
    serviceLevel: Math.max(0, 1 - waiting + answeredLater * (1 - late)),
    abandonment: (blocked * queue.length) / states / arrivals,
    occupancy: (load * answered) / agents,
    averageSpeedOfAnswer: (((((blocked * queue.waits) / states) * endings) / arrivals) * patienceS) / answered,
  };
}

// `plan`: { calls, aht_s, agents, service_level_percent, answer_within_s, shrinkage_percent, patience_s | null }
export function floor(plan) {
  const asked = [plan.calls, HALF_HOUR_S, plan.aht_s, plan.agents];
  const target = plan.service_level_percent / 100;
  if (plan.patience_s === null) {
    const level = serviceLevel(...asked, plan.answer_within_s);
    return {
      agents: plan.agents,
      serviceLevel: level,
      occupancy: occupancy(...asked),
      averageSpeedOfAnswer: averageSpeedOfAnswer(...asked),
      abandonment: null,
      isTargetMet: level !== UNSTABLE && level >= target,
    };
  }
  const queue = erlangA(...asked, plan.answer_within_s, plan.patience_s);
  return { ...queue, agents: plan.agents, isTargetMet: queue.serviceLevel >= target };
}

export function need(plan) {
  let enough = agentsFor(plan.calls, HALF_HOUR_S, plan.aht_s, plan.service_level_percent / 100, plan.answer_within_s);
  if (plan.patience_s !== null) {
    let few = 0;
    while (enough - few > 1) {
      const middle = Math.floor((few + enough) / 2);
      if (floor({ ...plan, agents: middle }).isTargetMet) enough = middle;
      else few = middle;
    }
  }
  return { onPhones: enough, rostered: peopleToRoster(enough, plan.shrinkage_percent / 100) };
}

// --- the page ---------------------------------------------------------------------------------------------------
//   [data-staffing] data-plan='{…}' data-text-*="… {place} …"     the server's table stays where this module doesn't run
//     [data-staffing-controls]  input[type=range][data-figure=calls] with its [data-figure-shown], [data-staffing-late]
//     [data-shown="before.service_level"]  a cell; [data-after]  what belongs to "one colleague late"
//     [data-staffing-words]  what has changed, in words; [data-staffing-live]  the same, said when the hand rests
const REST_MS = 600;

const fill = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => words[name]);

function begin(root) {
  const texts = root.dataset;
  const plan = JSON.parse(texts.plan);
  const language = root.closest("[lang]")?.lang ?? "";
  const number = new Intl.NumberFormat(language || undefined, { maximumFractionDigits: 1 });
  const sliders = [...root.querySelectorAll("input[data-figure]")];
  const late = root.querySelector("[data-staffing-late]");
  const words = root.querySelector("[data-staffing-words]");
  const live = root.querySelector("[data-staffing-live]");
  let rest;

  const percent = (share) => `${number.format(Math.floor(share * 1000 + 1e-6) / 10)}%`; // as the server: never rounded up
  const seconds = (value) => (value < 600 ? fill(texts.textSeconds, { n: number.format(Math.round(value)) }) : fill(texts.textMinutes, { n: number.format(Math.round(value / 60)) }));
  const orUnstable = (value, shape) => (value === UNSTABLE ? texts.textUnstable : shape(value));

  function show(place, value) {
    for (const element of root.querySelectorAll(`[data-shown="${place}"]`)) element.textContent = value;
  }

  function column(name, found) {
    show(`${name}.agents`, number.format(found.agents));
    show(`${name}.service_level`, orUnstable(found.serviceLevel, percent));
    show(`${name}.average_speed_of_answer`, orUnstable(found.averageSpeedOfAnswer, seconds));
    show(`${name}.occupancy`, orUnstable(found.occupancy, percent));
    if (found.abandonment !== null) show(`${name}.abandonment`, percent(found.abandonment));
    for (const verdict of root.querySelectorAll(`[data-verdict^="${name}."]`)) verdict.hidden = (verdict.dataset.verdict === `${name}.met`) !== found.isTargetMet;
  }

  function said(found) {
    if (found.serviceLevel === UNSTABLE) return fill(texts.textGrows, { agents: number.format(found.agents) });
    return fill(texts.textNow, {
      agents: number.format(found.agents), level: percent(found.serviceLevel), within: number.format(plan.answer_within_s),
      wait: seconds(found.averageSpeedOfAnswer), occupancy: percent(found.occupancy),
    });
  }

  function compared(before, after) {
    if (before.serviceLevel === UNSTABLE || after.serviceLevel === UNSTABLE) return said(after);
    const [short, long] = [before.averageSpeedOfAnswer, after.averageSpeedOfAnswer];
    const sentences = [
      fill(texts.textLate, {
        agents: number.format(after.agents), before: number.format(before.agents), wait: seconds(long), wait_before: seconds(short),
        level: percent(after.serviceLevel), level_before: percent(before.serviceLevel), within: number.format(plan.answer_within_s),
      }),
    ];
    if (short >= 1 && long / short >= 1.1) sentences.push(fill(texts.textTimes, { times: number.format(Math.round((long / short) * 10) / 10) }));
    sentences.push(fill(texts.textBusy, { occupancy: percent(after.occupancy), occupancy_before: percent(before.occupancy) }));
    return sentences.join(language.startsWith("zh") ? "" : " ");
  }

  function draw() {
    for (const slider of sliders) {
      plan[slider.dataset.figure] = slider.valueAsNumber;
      const shown = fill(slider.dataset.text, { n: number.format(slider.valueAsNumber) });
      slider.setAttribute("aria-valuetext", shown);
      slider.parentElement.querySelector("[data-figure-shown]").textContent = shown;
    }
    const before = floor(plan);
    const after = floor({ ...plan, agents: plan.agents - 1 });
    const needed = need(plan);
    column("before", before);
    column("after", after);
    for (const part of root.querySelectorAll("[data-after]")) part.hidden = !late.checked;
    show("need", fill(texts.textNeed, {
      target: number.format(plan.service_level_percent), within: number.format(plan.answer_within_s),
      agents: number.format(needed.onPhones), rostered: number.format(needed.rostered), shrinkage: number.format(plan.shrinkage_percent),
    }));
    words.textContent = late.checked ? compared(before, after) : said(before);
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (live.textContent !== words.textContent) live.textContent = words.textContent;
    }, REST_MS);
  }

  root.addEventListener("input", draw);
  root.querySelector("[data-staffing-reset]").addEventListener("click", () => {
    for (const slider of sliders) slider.value = slider.defaultValue;
    late.checked = false;
    draw();
  });
  for (const part of root.querySelectorAll("[data-staffing-controls]")) part.hidden = false;
  draw();
  clearTimeout(rest);
  live.textContent = words.textContent; // there to be read, and said only when it changes
  live.setAttribute("role", "status");
}

if (typeof document !== "undefined") for (const root of document.querySelectorAll("[data-staffing]")) begin(root);
