// Charts as SVG: a bar of classes, with the small ones magnified below it, and balances by month, stacked.

const SVG = "http://www.w3.org/2000/svg";
const HALF = 6;

// Senior classes have the first half of the colours, subordinated ones the second.
export const colour = (senior, i) => "f" + ((i % HALF) + (senior ? 0 : HALF));

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

function picture(width, height, says) {
  return element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": says });
}

const percent = (x, digits = 1) => (100 * x).toFixed(digits) + "%";

// A name inside a block where it fits; light colours take dark letters.
function named(svg, label, x, y, width, className) {
  if (width < 9 * label.length + 8) return;
  const letters = ["f2", "f3", "f5", "f6", "f7", "f9", "f10"].includes(className) ? "dark-on" : "inside";
  svg.append(element("text", { x: x + width / 2, y, "text-anchor": "middle", class: letters }, label));
}

// classes: [{label, balance, senior, colour}] in order of seniority.
export function capitalBar(box, classes) {
  const width = Math.max(320, box.clientWidth), whole = classes.reduce((sum, one) => sum + one.balance, 0);
  const junior = classes.filter((one) => !one.senior), below = junior.reduce((sum, one) => sum + one.balance, 0);
  const magnified = junior.length > 0 && below < 0.5 * whole;
  const says = "Classes from senior to subordinated: " +
    classes.map((one) => `${one.label} ${percent(one.balance / whole, 2)}`).join(", ");
  const svg = picture(width, magnified ? 148 : 50, says);
  const bar = (members, total, top) => {
    let x = 0;
    for (const one of members) {
      const wide = (one.balance / total) * width;
      const block = element("rect", { x, y: top, width: wide, height: 44, class: `${one.colour} edge` });
      block.append(element("title", {}, `${one.label}: ${percent(one.balance / whole, 3)}`));
      svg.append(block);
      named(svg, one.label, x, top + 27, wide, one.colour);
      x += wide;
    }
  };
  bar(classes, whole, 0);
  if (magnified) {
    const start = width * (1 - below / whole);
    svg.append(element("path", { d: `M${start} 44H${width}V98H0Z`, class: "link" }));
    const note = `below the senior classes: ${percent(below / whole, 2)} of the deal`;
    svg.append(element("text", { x: 4, y: 66, class: "axis" }, note));
    bar(junior, below, 98);
  }
  box.replaceChildren(svg);
}

function step(most, count) {
  const rough = most / count, power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough);
}

// layers: [{label, colour, balances}], month 0 first; returns a function that moves the cursor to a month.
export function stackedBalances(box, layers, dates, says, onMonth) {
  const width = Math.max(320, box.clientWidth), height = 260, left = 46, right = 8, top = 8, bottom = 24;
  const months = dates.length - 1, svg = picture(width, height, says);
  const sums = dates.map((_, k) => layers.reduce((sum, one) => sum + Math.max(0, one.balances[k]), 0));
  const most = Math.max(...sums, 1), tick = step(most / 1e6, 4), ceiling = Math.ceil(most / 1e6 / tick) * tick * 1e6;
  const x = (k) => left + (k / months) * (width - left - right);
  const y = (v) => height - bottom - (v / ceiling) * (height - top - bottom);
  const digits = tick < 1 ? (tick < 0.1 ? 2 : 1) : tick % 1 ? 1 : 0;
  for (let v = 0; v <= ceiling * 1.0001; v += tick * 1e6) {
    svg.append(element("line", { x1: left, x2: width - right, y1: y(v), y2: y(v), class: "grid" }));
    svg.append(element("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end", class: "axis" }, (v / 1e6).toFixed(digits)));
  }
  const years = months / 12, every = years > 20 ? 5 : years > 8 ? 2 : 1;
  for (let year = 0; year <= years; year += every) {
    const words = year === 0 ? "issue" : `${year} y`;
    svg.append(element("text", { x: x(12 * year), y: height - 6, "text-anchor": year ? "middle" : "start", class: "axis" }, words));
  }
  const under = dates.map(() => 0);
  for (const layer of layers) {
    const lower = under.map((v, k) => `${x(k).toFixed(1)} ${y(v).toFixed(1)}`).reverse();
    layer.balances.forEach((v, k) => { under[k] += Math.max(0, v); });
    const upper = under.map((v, k) => `${x(k).toFixed(1)} ${y(v).toFixed(1)}`);
    const area = element("path", { d: `M${upper.join("L")}L${lower.join("L")}Z`, class: layer.colour });
    area.append(element("title", {}, layer.label));
    svg.append(area);
  }
  const cursor = element("line", { y1: top, y2: height - bottom, class: "cursor" });
  svg.append(cursor);
  const point = (event) => {
    const place = svg.getBoundingClientRect(), at = ((event.clientX - place.left) / place.width) * width;
    onMonth(Math.min(months, Math.max(0, Math.round(((at - left) / (width - left - right)) * months))));
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  box.replaceChildren(svg);
  return (month) => { cursor.setAttribute("x1", x(month)); cursor.setAttribute("x2", x(month)); };
}
