"use strict";
// Shows what the report wrote beforehand: nothing is computed here. Paper always has what the plan says.
const shown = [];

function told(control) {
  control.hidden = false;
  return JSON.parse(control.querySelector("script").textContent);
}

// Calls `apply` with each step that the slider comes to, and with the plan's for paper.
function marginSlider(control, data, apply) {
  const slider = control.querySelector("input"), output = control.querySelector("output");
  const button = control.querySelector("button"), note = control.querySelector("[role=status]");
  const show = step => {
    const planned = step === data.plan;
    slider.setAttribute("aria-valuetext", data.steps[step]);
    output.textContent = data.steps[step];
    apply(step);
    button.disabled = planned;
    note.textContent = planned ? data.planned : data.other;
    note.classList.toggle("warning", !planned);
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  button.addEventListener("click", () => { slider.value = data.plan; show(data.plan); slider.focus(); });
  slider.value = data.plan;
  show(data.plan);
  shown.push(printed => show(printed ? data.plan : Number(slider.value)));
}

function fill(row, [tone, verdict, ...cells]) {
  const mark = row.cells[1].querySelector(".mark");
  mark.className = `mark ${tone}`;
  mark.textContent = verdict;
  cells.forEach((each, index) => { row.cells[2 + index].textContent = each; });
}

function margin(control) {
  const data = told(control), section = control.closest("section");
  const lead = section.querySelector(".lead");
  const meaning = [...section.querySelectorAll("p.note")].find(each => each.textContent === data.meanings[data.plan]);
  const rows = [...section.querySelectorAll("[data-table^=answer-] tr[data-condition]")];
  marginSlider(control, data, step => {
    const says = data.says[data.at[step]];
    lead.textContent = says.lead;
    if (meaning) meaning.textContent = data.meanings[step];
    for (const row of rows) {
      const cells = says.rows[row.dataset.condition];
      if (cells) fill(row, cells);
    }
  });
}

function tasksMargin(control) {
  const data = told(control), section = control.closest("section");
  const texts = [[".lead", data.leads], [".listing li span", data.items]]
    .map(([kind, ways]) => [[...section.querySelectorAll(kind)], ways]);
  const tables = Object.entries(data.tables)
    .map(([name, ways]) => [[...document.querySelectorAll(`[data-table="${name}"] tbody tr`)], ways]);
  marginSlider(control, data, step => {
    for (const [places, ways] of texts) ways.forEach(([says, at], index) => { places[index].textContent = says[at[step]]; });
    for (const [rows, ways] of tables) ways.forEach(([says, at], index) => fill(rows[index], says[at[step]]));
  });
}

// Marks of a seed by its name: the dots of a group are in the order of its seeds.
function marksBySeed() {
  const marks = new Map();
  for (const group of document.querySelectorAll("[data-seeds]")) {
    const seeds = group.dataset.seeds.split(","), dots = [...group.querySelectorAll("use")];
    const parts = dots.length ? dots : [...group.querySelectorAll("path")];
    if (parts.length !== seeds.length) continue;
    parts.forEach((each, index) => {
      each.dataset.seed = seeds[index];
      if (!marks.has(seeds[index])) marks.set(seeds[index], []);
      marks.get(seeds[index]).push(each);
    });
  }
  return marks;
}

function conditions(control) {
  told(control);
  const boxes = [...control.querySelectorAll("input")], select = control.querySelector("select");
  const marks = marksBySeed();
  let lit = "";
  const show = box => {
    const label = CSS.escape(box.dataset.label);
    for (const each of document.querySelectorAll(`[data-condition="${label}"], svg [data-of="${box.value}"]`)) {
      each.classList.toggle("off", !box.checked);
    }
  };
  const light = seed => {
    if (seed === lit) return;
    for (const each of marks.get(lit) || []) each.classList.remove("lit");
    for (const each of marks.get(seed) || []) each.classList.add("lit");
    lit = seed;
  };
  for (const box of boxes) {
    box.checked = true;
    box.addEventListener("change", () => show(box));
  }
  if (!select) return;
  select.value = "";
  select.addEventListener("change", () => light(select.value));
  document.addEventListener("pointerover", event => {
    const seed = event.target.dataset && event.target.dataset.seed;
    light(seed === undefined ? select.value : seed);
  });
}

function seeds(control) {
  const data = told(control), slider = control.querySelector("input"), output = control.querySelector("output");
  const rows = [...control.querySelectorAll("tbody tr")];
  const show = step => {
    slider.setAttribute("aria-valuetext", data.steps[step]);
    output.textContent = data.steps[step];
    for (const row of rows) {
      data.rows[row.dataset.condition][step].forEach((each, index) => { row.cells[1 + index].textContent = each; });
    }
  };
  slider.value = data.steps.length - 1;
  slider.addEventListener("input", () => show(Number(slider.value)));
  show(data.steps.length - 1);
}

function paper(control) {
  control.hidden = false;
  const status = control.querySelector("[role=status]");
  for (const button of control.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      getSelection().selectAllChildren(button.previousElementSibling.firstChild);
      if (document.execCommand("copy")) status.textContent = `${control.dataset.copied}: ${button.getAttribute("aria-label")}`;
    });
  }
}

const kinds = { margin, "tasks-margin": tasksMargin, conditions, seeds, paper };
for (const control of document.querySelectorAll(".control")) kinds[control.dataset.control](control);
addEventListener("beforeprint", () => shown.forEach(each => each(true)));
addEventListener("afterprint", () => shown.forEach(each => each(false)));
