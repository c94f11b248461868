"use strict";
// Shows what the report wrote beforehand: nothing is computed here. Paper always has what the plan says.
const shown = [];

function told(control) {
  control.hidden = false;
  return JSON.parse(control.querySelector("script").textContent);
}

function margin(control) {
  const data = told(control), section = control.closest("section");
  const slider = control.querySelector("input"), output = control.querySelector("output");
  const button = control.querySelector("button"), note = control.querySelector("[role=status]");
  const lead = section.querySelector(".lead");
  const meaning = [...section.querySelectorAll("p.note")].find(each => each.textContent === data.meanings[data.plan]);
  const rows = [...section.querySelectorAll("[data-table^=answer-] tr[data-condition]")];
  const show = step => {
    const says = data.says[data.at[step]], planned = step === data.plan;
    slider.setAttribute("aria-valuetext", data.steps[step]);
    output.textContent = data.steps[step];
    lead.textContent = says.lead;
    if (meaning) meaning.textContent = data.meanings[step];
    for (const row of rows) {
      const cells = says.rows[row.dataset.condition];
      if (!cells) continue;
      const [tone, verdict, ...numbers] = cells, mark = row.cells[1].querySelector(".mark");
      mark.className = `mark ${tone}`;
      mark.textContent = verdict;
      numbers.forEach((each, index) => { row.cells[2 + index].textContent = each; });
    }
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

const kinds = { margin, conditions, seeds, paper };
for (const control of document.querySelectorAll(".control")) kinds[control.dataset.control](control);
addEventListener("beforeprint", () => shown.forEach(each => each(true)));
addEventListener("afterprint", () => shown.forEach(each => each(false)));
