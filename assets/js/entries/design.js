// Shows how a design will look while it is being written. Without it a button under the form does the same.
const form = document.querySelector("[data-design-preview]");
const PAUSE = 300;
let waiting = 0;
let latest = 0;

function part(name) {
  return document.querySelector(`[data-design-${name}]`);
}

function typed() {
  const data = new FormData(form);
  // Pictures travel when the form is saved, not with every letter.
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  data.set("evento", part("event")?.value ?? "");
  return data;
}

function show({ pictures, milliseconds }) {
  part("problem").hidden = true;
  part("hint")?.remove();
  part("pictures").replaceChildren(
    ...pictures.map(({ name, src }) => {
      const image = new Image();
      image.src = src;
      image.alt = name;
      return image;
    }),
  );
  part("time").textContent = `${milliseconds} ms`;
}

async function draw() {
  latest += 1;
  const turn = latest;
  const answer = await fetch(form.dataset.designPreview, {
    method: "POST",
    body: typed(),
    headers: { accept: "application/json" },
  });
  const said = await answer.json();
  if (turn !== latest) return;
  if (answer.ok) {
    show(said);
  } else if (said.errors) {
    part("problem").textContent = said.errors.join(" ");
    part("problem").hidden = false;
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => draw().catch(() => {}), PAUSE);
}

if (form) {
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  part("event")?.addEventListener("change", soon);
  soon();
}
