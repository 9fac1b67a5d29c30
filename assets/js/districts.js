// Three lists that follow each other, department, province and district, in place of the field in which one types a name.
// Without this script, or where the lists cannot be had, the field stays.
const WIDTHS = [2, 4, 6]; // digits of each level's codes

async function fetchLevel(address, code) {
  const answer = await fetch(`${address}?en=${code}`);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function makeList(id, label, isFirst, typed) {
  const field = document.createElement("div");
  field.className = "field";
  const name = document.createElement("label");
  const list = document.createElement("select");
  list.id = isFirst ? typed.id : `${typed.id}-${id}`;
  name.htmlFor = list.id;
  name.textContent = label;
  if (typed.hasAttribute("aria-invalid")) {
    list.setAttribute("aria-invalid", "true");
    list.setAttribute("aria-describedby", `${typed.id}-error`);
  }
  field.append(name, list);
  return { field, list };
}

function fill(list, places, choose, chosen) {
  list.replaceChildren(new Option(choose, ""), ...places.map(({ code, label }) => new Option(label, code)));
  list.disabled = places.length === 0;
  list.value = places.find(({ code, label }) => code === chosen || label === chosen)?.code ?? "";
  return list.value;
}

/** Return what stands for each level: codes, or names where a name was typed ("Imaza, Bagua, Amazonas"). */
function levelsOf(typed) {
  if (/^\d{6}$/.test(typed)) return WIDTHS.map((width) => typed.slice(0, width));
  return typed.split(",").map((part) => part.trim()).reverse();
}

/** Put three lists in the place of a box's field; what was typed is chosen in them. */
async function replaceField(box) {
  const typed = box.querySelector("input:not([type=radio])");
  const departments = await fetchLevel(box.dataset.districts, "");
  const legend = box.querySelector("label");
  const star = legend.querySelector(".required");
  const levels = box.dataset.labels.split("|").map((label, index) => makeList(index, label, index === 0, typed));
  const [first] = levels;
  if (star) first.field.querySelector("label").append(star.cloneNode(true));
  const grid = document.createElement("div");
  grid.className = "form-grid thirds";
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", legend.firstChild.textContent);
  grid.append(...levels.map(({ field }) => field));

  const follow = async (level, code, wanted) => {
    for (const { list } of levels.slice(level)) fill(list, [], box.dataset.choose);
    if (level > 2 || (level > 0 && code.length !== WIDTHS[level - 1])) return;
    const places = level === 0 ? departments : await fetchLevel(box.dataset.districts, code);
    const found = fill(levels[level].list, places, box.dataset.choose, wanted[level]);
    if (found && level < 2) await follow(level + 1, found, wanted);
  };
  const value = document.createElement("input");
  value.type = "hidden";
  value.name = typed.name;
  value.value = typed.value;
  levels.forEach(({ list }, level) =>
    list.addEventListener("change", () => {
      // Only a whole answer is one: a department alone is kept as nothing.
      value.value = level === 2 ? list.value : "";
      if (level < 2) follow(level + 1, list.value, []).catch(() => {});
    }),
  );
  await follow(0, "", levelsOf(typed.value));
  typed.before(value);
  typed.remove();
  box.querySelector(".help")?.remove();
  // A question keeps its words above the lists; where they are those of the last list, they stand there.
  if (legend.firstChild.textContent === box.dataset.labels.split("|")[2]) legend.remove();
  else legend.replaceWith(Object.assign(document.createElement("p"), { className: "label", textContent: legend.textContent }));
  box.querySelector(".field").append(grid);
}

/** Make three lists of every field for a district, but for one that asks which of several was meant. */
export function listDistricts(root) {
  for (const box of root.querySelectorAll("[data-districts]")) {
    if (!box.querySelector("input[type=radio]")) replaceField(box).catch(() => {});
  }
}
