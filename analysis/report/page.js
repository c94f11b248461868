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

const kinds = { margin };
for (const control of document.querySelectorAll(".control")) kinds[control.dataset.control](control);
addEventListener("beforeprint", () => shown.forEach(each => each(true)));
addEventListener("afterprint", () => shown.forEach(each => each(false)));
