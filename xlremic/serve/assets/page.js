// The page: a filing goes to xlremic on this computer as it is; what comes back is shown. Text is only ever set as text.

import { capitalBar, colour, stackedBalances } from "./charts.js";

const at = (id) => document.getElementById(id);
const TOKEN = keptToken();
const SHOWN = { psa: (v) => `${v}% PSA`, cdr: (v) => `${v.toFixed(1)}% a year`, severity: (v) => `${v}%` };
const SENT = { psa: (v) => v, cdr: (v) => Number((v / 100).toFixed(6)), severity: (v) => Number((v / 100).toFixed(6)) };
const WORDS = { pass: "ties", fail: "fails", not_evaluated: "not evaluated" };

let filing = null; // {name, bytes}
let told = null; // rows of facts by hand; null until a person gives one
let deal = null;
let flows = null;
let moveCursors = [];

function keptToken() {
  // The address carries the token after #, which no server sees; keep it for reloads of this tab only.
  const given = location.hash.length > 30 ? location.hash.slice(1) : "";
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return given || sessionStorage.getItem("token") || "";
}

async function ask(what, query = {}) {
  const asked = new URLSearchParams({ name: filing.name, ...query });
  let body = filing.bytes;
  if (told) {
    const facts = new TextEncoder().encode(factsFile(told));
    asked.set("facts", facts.length);
    body = new Blob([filing.bytes, facts]);
  }
  const headers = { "Content-Type": "application/octet-stream" };
  if (TOKEN) headers["X-Xlremic-Page"] = TOKEN;
  let response;
  try {
    response = await fetch(`api/${what}?${asked}`, { method: "POST", headers, body });
  } catch {
    throw new Error("xlremic does not answer: is `xlremic serve` still running?");
  }
  if (!response.ok) throw new Error((await response.json()).message);
  return response;
}

const money = (v, digits = 2) => v === null || v === undefined ? "" :
  v.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = (v, digits) => v === null || v === undefined ? "" : `${(100 * v).toFixed(digits)}%`;
const plain = (text) => text.replaceAll("_", " ");

function made(name, text = "", className = "") {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function row(cells, heads = 1) {
  const line = document.createElement("tr");
  cells.forEach((cell, k) => {
    const [content, className] = Array.isArray(cell) ? cell : [cell, ""];
    const place = made(k < heads ? "th" : "td", "", className);
    if (k < heads) place.scope = "row";
    place.append(content);
    line.append(place);
  });
  return line;
}

function fill(table, rows) { at(table).tBodies[0].replaceChildren(...rows); }

function swatched(label, className) {
  const cell = document.createDocumentFragment();
  const square = made("span", "", `swatch ${className}`);
  square.setAttribute("aria-hidden", "true");
  cell.append(square, label);
  return cell;
}

// --- a filing comes -------------------------------------------------------------------------------------------------

async function take(name, bytes) {
  filing = { name, bytes };
  told = null;
  await look();
}

async function look() {
  const { name } = filing;
  at("problem").hidden = at("tell-all").hidden = true;
  at("status").textContent = `Reading ${name} …`;
  try {
    deal = await (await ask("read")).json();
  } catch (error) {
    at("status").textContent = "";
    at("problem").textContent = error.message;
    at("problem").hidden = false;
    at("tell-all").hidden = told !== null;
    return;
  }
  at("drop").hidden = at("gives").hidden = true;
  at("another").hidden = false;
  at("deal").hidden = false;
  document.body.classList.add("loaded");
  showDeal();
  at("status").textContent = "";
  at("series").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  at("month").value = 0;
  await recompute();
}

function showDeal() {
  showSummary();
  showCapital();
  showFacts();
  showHand();
  showChecks();
}

async function takeFile(file) {
  if (file) await take(file.name, await file.arrayBuffer());
}

at("file").addEventListener("change", (event) => { takeFile(event.target.files[0]); event.target.value = ""; });
at("sample").addEventListener("click", async () => {
  take("cmsi-2004-8.txt", await (await fetch("sample.txt")).arrayBuffer());
});
at("another").addEventListener("click", () => {
  at("deal").hidden = at("another").hidden = at("problem").hidden = at("tell-all").hidden = true;
  at("drop").hidden = at("gives").hidden = false;
  document.body.classList.remove("loaded");
  at("file").focus();
});
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => { event.preventDefault(); document.body.classList.add("over"); });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  takeFile(event.dataTransfer.files[0]);
});

// --- summary --------------------------------------------------------------------------------------------------------

function showSummary() {
  const { about, checks, pools } = deal, all = pools.at(-1);
  document.title = `Series ${deal.series} · xlremic`;
  at("series").textContent = deal.series ? `Series ${deal.series}` : deal.name;
  const parts = [about.registrant, about.closing_date && `closed ${about.closing_date}`,
    about.cut_off_date && `cut-off ${about.cut_off_date}`, about.trustee && `trustee ${about.trustee}`];
  at("about").textContent = parts.filter(Boolean).join(" · ");
  const number = (status) => checks.filter((one) => one.status === status).length;
  const failed = number("fail"), unsaid = number("not_evaluated");
  const { outcome, text } = deal.verdict;
  at("verdict").textContent = (outcome === "ties_in_part" || outcome === "not_enough" ? `${text}; ` : "") + (failed ? `${failed} of ${checks.length} checks fail` : `${number("pass")} of ${checks.length} checks tie`) +
    (unsaid ? `, ${unsaid} not evaluated` : "");
  at("verdict").classList.toggle("fail", failed > 0 || outcome === "not_enough");
  at("verdict").hidden = checks.length === 0;
  at("download").disabled = Boolean(deal.problem);
  const figures = all ? [["Balance", all.balance === null ? "" : `$${money(all.balance)}`], ["Loans", money(all.loans, 0)], ["WAC", percent(all.coupon, 3)],
    ["WAM", all.remaining_term === null ? "" : `${all.remaining_term.toFixed(2)} months`], ["LTV", percent(all.ltv, 1)],
    ["Call below", deal.call_threshold === null ? "" : `$${money(deal.call_threshold)}`]] : [];
  at("figures").replaceChildren(...figures.map(([name, value]) => {
    const tile = document.createElement("div");
    tile.append(made("dt", name), made("dd", value || "not stated"));
    return tile;
  }));
  const warned = [...(deal.problem ? [deal.problem] : []), ...deal.warnings.map((one) => `line ${one.line}: ${one.message}`)];
  at("warnings").hidden = warned.length === 0;
  at("warnings").replaceChildren(...warned.map((text) => made("li", text)));
}

// Gives each class its colour: seniors count from the first, subordinated ones from the first of theirs.
function coloured(classes, isSenior) {
  const seen = [0, 0];
  return classes.map((one) => {
    if (one.kind === "interest only") return { ...one, colour: "none" };
    const senior = isSenior(one);
    seen[Number(senior)] += 1;
    return { ...one, colour: colour(senior, seen[Number(senior)] - 1) };
  });
}

function showCapital() {
  deal.classes = coloured(deal.classes, (one) => one.senior);
  at("capital").hidden = deal.classes.length === 0;
  if (deal.classes.length) capitalBar(at("capital-chart"), deal.classes);
  fill("classes", deal.classes.map((one) => row([swatched(one.label, one.colour), [money(one.balance), "n"],
    [percent(one.share, 3), "n"], [percent(one.level, 3), "n"]])));
  fill("pools", deal.pools.map((one) => row([one.label, [money(one.balance), "n"], [money(one.loans, 0), "n"],
    [percent(one.coupon, 3), "n"], [one.remaining_term === null ? "" : one.remaining_term.toFixed(2), "n"], [percent(one.ltv, 1), "n"]])));
}

// --- facts and their places -----------------------------------------------------------------------------------------

let marks = new Map(); // number of a fact -> its marks in the source
let factRows = [];

function showFacts() {
  marks = new Map();
  at("source-name").textContent = deal.name;
  at("place").textContent = "";
  const source = document.createDocumentFragment();
  for (const pieces of deal.lines) {
    const line = document.createElement("div");
    for (const [text, facts] of pieces) {
      if (!facts.length) { line.append(text); continue; }
      const mark = made("mark", text), number = facts.find((k) => k >= deal.facts.length);
      if (number !== undefined) {
        mark.className = "unread";
        mark.title = "not understood: choose it to say what it is";
        mark.addEventListener("click", () => takeUp(deal.tell.unread[number - deal.facts.length]));
        line.append(mark);
        continue;
      }
      mark.title = facts.map((k) => `${plain(deal.facts[k].key)}, ${deal.facts[k].scope}`).join("\n");
      mark.addEventListener("click", () => choose(facts[0], "fact"));
      facts.forEach((k) => marks.set(k, [...(marks.get(k) || []), mark]));
      line.append(mark);
    }
    source.append(line);
  }
  at("source").replaceChildren(source);
  factRows = deal.facts.map((fact, k) => {
    const button = made("button", plain(fact.key));
    button.type = "button";
    button.addEventListener("click", () => choose(k, "source"));
    const bound = ["exact", "none"].includes(fact.qualifier) ? "" : `${plain(fact.qualifier)} `;
    const unit = fact.unit === "percent" ? "%" : "";
    const value = fact.unit === "USD" && /^-?\d/.test(fact.value) ? `$${grouped(fact.value)}` : fact.value + unit;
    const by = fact.by_hand ? [`${bound}${value} by hand`, "n hand"] : [bound + value, "n"];
    return row([button, fact.scope, by, [fact.line ? String(fact.line) : "", "n"]]);
  });
  fill("fact-table", factRows);
  at("find").value = "";
  sift();
}

function grouped(digits) {
  const [whole, part] = digits.split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part === undefined ? "" : `.${part}`);
}

function sift() {
  const wanted = at("find").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  factRows.forEach((line) => {
    const text = line.textContent.toLowerCase();
    line.hidden = !wanted.every((word) => text.includes(word));
    shown += !line.hidden;
  });
  at("found").textContent = wanted.length ? `${shown} of ${factRows.length}` : `${factRows.length} facts`;
}
at("find").addEventListener("input", sift);

// Shows a fact in both panes; scrolls the pane that the person did not click.
function choose(k, follows) {
  document.querySelectorAll(".now").forEach((one) => one.classList.remove("now"));
  const places = marks.get(k) || [];
  places.forEach((one) => one.classList.add("now"));
  factRows[k].hidden = false;
  factRows[k].classList.add("now");
  if (follows === "source" && places.length) within(at("source"), places[0]);
  if (follows === "fact") within(at("fact-table").closest(".scroll"), factRows[k]);
  const fact = deal.facts[k];
  at("place").textContent = `line ${fact.line}: ${plain(fact.key)}, ${fact.scope}`;
}

function within(pane, target) {
  // Twice, since lines out of sight have estimated heights until they are near.
  for (let k = 0; k < 2; k += 1) {
    const offset = target.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTop += offset - pane.clientHeight / 3;
  }
  const narrow = matchMedia("(max-width: 900px)").matches;
  if (narrow) pane.scrollIntoView({ block: "center" });
}

// --- facts by hand --------------------------------------------------------------------------------------------------

const COLUMNS = ["key", "scope", "value", "qualifier", "line", "note", "filing"];
let takenUp = {}; // line and sentence of the number in the form

function factsFile(rows) {
  const cell = (text) => `"${(/^[=+@-]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return [COLUMNS, ...rows.map((one) => COLUMNS.map((name) => one[name] || ""))].map((line) => `${line.map(cell).join(",")}\n`).join("");
}

function options(id, values, shown = (value) => value) {
  at(id).replaceChildren(...values.map((value) => { const one = made("option", shown(value)); one.value = value; return one; }));
}

function showHand() {
  const { unread, missing, by_hand: given, keys } = deal.tell, kept = at("tell-key").value;
  at("unread-said").textContent = unread.length ? `${unread.length} numbers not understood` : "Every number is understood";
  at("missing").replaceChildren(...missing.map((one) => {
    const item = document.createElement("li"), button = made("button", `missing: ${plain(one.key)}, ${one.scope}`);
    button.type = "button";
    button.addEventListener("click", () => takeUp(one));
    item.append(button);
    return item;
  }));
  fill("unread-table", unread.map((one) => {
    const button = made("button", one.value);
    button.type = "button";
    button.addEventListener("click", () => takeUp(one));
    return row([button, [one.line, "n"], one.note]);
  }));
  fill("hand-table", given.map((one) => {
    const button = made("button", "take away");
    button.type = "button";
    button.setAttribute("aria-label", `take away ${plain(one.key)}, ${one.scope}`);
    button.addEventListener("click", () => tell(told.filter((row) => row.key !== one.key || row.scope !== one.scope)));
    return row([plain(one.key), one.scope, [one.value, "n"], one.replaced, button]);
  }));
  at("save-facts").disabled = !told?.length;
  options("tell-key", keys.map((one) => one.key), plain);
  if (kept) at("tell-key").value = kept;
  offer();
}

// Whose fact it may be, and with which bounds, follows from the fact.
function offer() {
  const key = deal.tell.keys.find((one) => one.key === at("tell-key").value), scope = at("tell-scope").value;
  options("tell-scope", key.scopes);
  if (key.scopes.includes(scope)) at("tell-scope").value = scope;
  options("tell-qualifier", [...(key.sides ? [] : [""]), ...key.qualifiers], (value) => value ? plain(value) : "as usual");
}
at("tell-key").addEventListener("change", offer);

function takeUp(one) {
  takenUp = { line: one.line, note: one.note };
  if (one.key) {
    at("tell-key").value = one.key;
    offer();
    at("tell-scope").value = one.scope;
  }
  at("tell-value").value = one.value;
  at("hand").scrollIntoView({ block: "start" });
  at(one.key ? "tell-value" : "tell-key").focus({ preventScroll: true });
}

// Reads the filing anew with these facts by hand; facts that are refused are not kept.
async function tell(rows) {
  const before = told;
  told = rows;
  at("tell-problem").hidden = true;
  try {
    deal = await (await ask("read")).json();
  } catch (error) {
    told = before;
    at("tell-problem").textContent = error.message;
    at("tell-problem").hidden = false;
    return;
  }
  takenUp = {};
  at("tell-value").value = "";
  showDeal();
  await recompute();
}

at("tell").addEventListener("submit", (event) => {
  event.preventDefault();
  const one = { key: at("tell-key").value, scope: at("tell-scope").value, value: at("tell-value").value.trim(),
    qualifier: at("tell-qualifier").value, filing: deal.name, ...takenUp };
  const others = (told || []).filter((row) => ["key", "scope", "qualifier"].some((name) => row[name] !== one[name]));
  tell([...others, one]);
});
at("tell-all").addEventListener("click", () => { told = []; look(); });
at("save-facts").addEventListener("click", () => save(new Blob([factsFile(told)], { type: "text/csv" }), "facts.csv"));

// --- checks ---------------------------------------------------------------------------------------------------------

function showChecks() {
  const only = at("open-only").checked;
  const chosen = deal.checks.filter((one) => !only || one.status !== "pass");
  fill("check-table", chosen.map((one) => {
    const name = document.createDocumentFragment();
    for (const part of one.id.split(/(?<=[:_])/)) name.append(part, document.createElement("wbr"));
    name.append(document.createElement("br"), made("span", one.says, "says"));
    const line = row([name, [made("span", WORDS[one.status], `status ${one.status}`), ""], [shortened(one.difference), "n"],
      [shortened(one.tolerance), "n"], one.unit]);
    line.classList.toggle("fail", one.status === "fail");
    return line;
  }));
  at("checks-shown").textContent = `${chosen.length} of ${deal.checks.length}`;
}
at("open-only").addEventListener("change", showChecks);

// Eight significant digits are enough on a page; the workbook and `xlremic check` have all.
function shortened(text) {
  if (!text) return "";
  const digits = text.replace(/^-?0?\.?0*/, "").length;
  return digits <= 10 ? text : Number(text).toPrecision(6).replace(/\.?0+$/, "").replace(/\.?0+e/, "e");
}

// --- projection -----------------------------------------------------------------------------------------------------

function terms() {
  return Object.fromEntries(Object.keys(SENT).map((id) => [id, SENT[id](Number(at(id).value))]));
}

function sayTerms() {
  for (const [id, said] of Object.entries(SHOWN)) {
    const words = said(Number(at(id).value));
    document.querySelector(`output[for=${id}]`).value = words;
    at(id).setAttribute("aria-valuetext", words);
  }
}

let busy = false, again = false;

// One question at a time; a slider that moves meanwhile asks once more at the end.
async function recompute() {
  sayTerms();
  if (busy) { again = true; return; }
  busy = true;
  try {
    do {
      again = false;
      const asked = filing;
      const answer = await (await ask("project", terms())).json();
      if (asked !== filing) { again = true; continue; }
      flows = { ...answer, classes: coloured(answer.classes, (one) => one.kind !== "subordinated") };
      at("unprojected").hidden = true;
      showProjection();
    } while (again);
  } catch (error) {
    flows = null;
    at("unprojected").textContent = error.message;
    at("unprojected").hidden = false;
  } finally {
    busy = false;
    for (const part of ["balance-charts", "month", "measures"]) at(part).hidden = flows === null;
  }
}
for (const id of Object.keys(SENT)) at(id).addEventListener("input", recompute);
at("terms").addEventListener("submit", (event) => event.preventDefault());

function showProjection() {
  const last = flows.months.length - 1, month = at("month");
  month.max = last;
  if (Number(month.value) > last) month.value = last;
  const layers = (kinds) => flows.classes.filter((one) => kinds.includes(one.kind)).reverse()
    .map((one) => ({ label: one.label, colour: one.colour, balances: one.balances }));
  const said = (what, kinds) => {
    const half = (one) => one.balances.findIndex((v) => v < one.balances[0] / 2);
    const parts = flows.classes.filter((one) => kinds.includes(one.kind)).map((one) => `${one.label} half paid in month ${half(one)}`);
    return `${what}, stacked by month: ${parts.join(", ")}. The table below has the figures.`;
  };
  const kinds = { "senior-chart": ["senior", "principal only"], "junior-chart": ["subordinated"] };
  moveCursors = Object.entries(kinds).map(([box, which]) =>
    stackedBalances(at(box), layers(which), flows.dates, said(box === "senior-chart" ? "Senior classes" : "Subordinated classes", which), setMonth));
  showMonth();
}

function setMonth(month) {
  if (Number(at("month").value) === month) return;
  at("month").value = month;
  showMonth();
}
at("month").addEventListener("input", () => showMonth());

function showMonth() {
  const month = Number(at("month").value), day = flows.dates[month] ? `, ${flows.dates[month]}` : "";
  const words = `month ${month}${day}`;
  at("month-said").value = words;
  at("month").setAttribute("aria-valuetext", words);
  at("month-head").textContent = `Month ${month}`;
  moveCursors.forEach((move) => move(month));
  fill("measures", flows.classes.map((one, k) => {
    const m = flows.measures[k];
    return row([swatched(one.label, one.colour), [money(one.balances[0]), "n"],
      [money(one.balances[month]), "n"], [m.wal_month === null ? "" : m.wal_month.toFixed(2), "n"],
      [m.first_month === null ? "" : `${m.first_month}–${m.last_month}`, "n"], [money(m.interest), "n"], [money(Math.abs(m.loss) < 0.005 ? 0 : m.loss), "n"]]);
  }));
}

let resized = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(resized);
  resized = requestAnimationFrame(() => {
    if (!deal || at("deal").hidden) return;
    if (deal.classes.length) capitalBar(at("capital-chart"), deal.classes);
    if (flows) showProjection();
  });
});

// --- the workbook ---------------------------------------------------------------------------------------------------

function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
}

at("download").addEventListener("click", async () => {
  const button = at("download");
  button.disabled = true;
  at("status").textContent = "Making the workbook …";
  try {
    const book = await (await ask("workbook", terms())).blob();
    const made = save(book, `${filing.name.replace(/\.[^.]*$/, "") || "deal"}.xlsx`);
    at("status").textContent = `${made} is made, with the terms of the sliders`;
    setTimeout(() => { at("status").textContent = ""; }, 6000);
  } catch (error) {
    at("status").textContent = "";
    at("problem").textContent = error.message;
    at("problem").hidden = false;
  } finally {
    button.disabled = false;
  }
});

sayTerms();
