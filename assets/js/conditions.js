// Shows a part of a form only while another field has the value that it waits for. The server decides the same way:
// what is hidden is not taken. Without this script every part shows, with a note of when it is meant.
function valuesOf(form, name) {
  const controls = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  return controls
    .filter((control) => !control.closest("[data-shown-by][hidden]"))
    .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
    .map((control) => control.value);
}

/** Follow the conditions of a form. A part looks at what stands before it, so one pass in order is enough. */
export function followConditions(form) {
  const parts = [...form.querySelectorAll("[data-shown-by]")];
  const look = () => {
    for (const part of parts) {
      part.hidden = !valuesOf(form, part.dataset.shownBy).includes(part.dataset.shownWhen);
    }
  };
  for (const part of parts) part.querySelector(":scope > .only-if")?.remove();
  if (parts.length > 0) form.addEventListener("change", look);
  look();
}
