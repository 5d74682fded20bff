// `npm run vendor`: copies what browsers get from node_modules into lms/static/vendor/ and writes the npm part of docs/third-party.md.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../../../", import.meta.url);
const at = (path) => new URL(path, root);
const vendor = "lms/static/vendor";
const version = (name) => JSON.parse(readFileSync(at(`node_modules/${name}/package.json`))).version;

const icons = `
  alarm archive arrow-clockwise arrow-counterclockwise arrow-down-short arrow-left arrow-right arrow-up-short award bar-chart-line bell
  book bookmark bookmark-fill box-arrow-right box-arrow-up-right calculator calendar-event calendar3 card-checklist card-list chat-left-text
  chat-quote check-circle check-lg check-square chevron-down chevron-left chevron-right chevron-up circle circle-half circle-fill clipboard-check clipboard-data
  clock clock-history cloud-check cloud-slash collection copy dash-lg diagram-3 download ear envelope exclamation-circle exclamation-triangle
  eye eye-slash file-earmark-arrow-down file-earmark-arrow-up file-earmark-text filter flag flag-fill forward gear globe2 graph-up grid-3x3-gap grip-vertical
  headset heart-pulse hourglass-split house inbox info-circle journal-check journal-text key keyboard layers lightbulb link-45deg list list-check list-task
  lock map megaphone mic mic-mute moon-stars mortarboard paperclip patch-check pause-fill pencil people person person-badge person-check
  person-gear person-plus person-x phone pie-chart pin-angle play-fill play-circle plus-lg printer qr-code question-circle question-lg record-circle
  reply search send shield-check shuffle sign-turn-right skip-end-fill skip-start-fill sliders soundwave speedometer2 star star-fill stop-fill
  stopwatch sun tag tags telephone telephone-inbound telephone-outbound telephone-x three-dots three-dots-vertical tools translate trash unlock upload
  volume-mute volume-up wifi-off x-circle x-lg`.split(/\s+/).filter(Boolean);

const files = [
  ["htmx.org", "dist/htmx.min.js", "htmx/htmx.min.js"],
  ["htmx.org", "dist/ext/hx-sse.min.js", "htmx/hx-sse.min.js"],
  ["htmx.org", "LICENSE", "htmx/LICENSE.txt"],
  ["bootstrap-icons", "LICENSE", "bootstrap-icons/LICENSE.txt"],
  ["bootstrap", "LICENSE", "bootstrap/LICENSE.txt"],
];
for (const folder of ["htmx", "bootstrap-icons", "bootstrap"]) mkdirSync(at(`${vendor}/${folder}`), { recursive: true });
for (const [name, from, to] of files) copyFileSync(at(`node_modules/${name}/${from}`), at(`${vendor}/${to}`));

const symbols = [...new Set(icons)].sort().map((name) => {
  const svg = readFileSync(at(`node_modules/bootstrap-icons/icons/${name}.svg`), "utf8");
  return `<symbol id="${name}" viewBox="0 0 16 16">${svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "")}</symbol>`;
});
writeFileSync(at(`${vendor}/bootstrap-icons/icons.svg`), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);

const licences = { "htmx.org": "0BSD", "bootstrap-icons": "MIT", bootstrap: "MIT" };
const rows = [
  ...files.filter(([, , to]) => !to.endsWith("LICENSE.txt")).map(([name, from, to]) => [name, `\`${vendor}/${to}\``, `as published (\`${from}\`)`]),
  ["bootstrap-icons", `\`${vendor}/bootstrap-icons/icons.svg\``, `sprite of ${symbols.length} icons, made by \`npm run vendor\``],
  ["bootstrap", "`lms/static/css/callwright.css`", "compiled with our theme by `npm run css`; no Bootstrap JavaScript is used"],
];
const table = rows.map(([name, file, how]) => {
  const path = file.replaceAll("`", "");
  const sha = existsSync(at(path)) ? createHash("sha256").update(readFileSync(at(path))).digest("hex") : "";
  return `| ${name} | ${version(name)} | ${licences[name]} | ${file} | ${how} | \`${sha}\` |`;
});
const doc = at("docs/third-party.md");
const text = readFileSync(doc, "utf8");
const block = `<!-- npm:start -->\n| package | version | licence | file | how | sha256 |\n|---|---|---|---|---|---|\n${table.join("\n")}\n<!-- npm:end -->`;
writeFileSync(doc, text.replace(/<!-- npm:start -->[\s\S]*<!-- npm:end -->/, () => block));
