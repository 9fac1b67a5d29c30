// Suggests districts while one is being typed. Without it the field works the same: the server finds the name.
async function suggest(field, list) {
  const typed = field.value.trim();
  if (typed.length < 3) return;
  const answer = await fetch(`${field.dataset.suggestions}?q=${encodeURIComponent(typed)}`);
  if (!answer.ok || field.value.trim() !== typed) return;
  const districts = await answer.json();
  list.replaceChildren(
    ...districts.map(({ label }) => {
      const option = document.createElement("option");
      option.value = label;
      return option;
    }),
  );
}

/** Suggest districts in the field of a page that asks for it. */
export function suggestDistricts() {
  const field = document.querySelector("[data-suggestions]");
  const list = field && document.getElementById(field.getAttribute("list"));
  let waiting = 0;
  field?.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(field, list).catch(() => {}), 200);
  });
}
