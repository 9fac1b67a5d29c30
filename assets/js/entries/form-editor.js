// Shows beside the editor how a question will look while it is being written. Without it a button shows the same.
const form = document.querySelector("form[data-preview]");
const place = document.querySelector("[data-fragment]");
let waiting = 0;
let turn = 0;

/** Mark the question that is being written, and bring it into sight within its frame. */
function mark() {
  const shown = place.querySelector("[data-edited]");
  const control = shown && document.getElementById(shown.dataset.edited);
  const question = control?.closest(".question");
  if (!question) return;
  question.classList.add("is-edited");
  const frame = place.closest(".preview-frame");
  frame.scrollTop += question.getBoundingClientRect().top - frame.getBoundingClientRect().top - 72;
}

async function refresh() {
  turn += 1;
  const mine = turn;
  const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
  if (!answer.ok || answer.redirected || mine !== turn) return;
  const text = await answer.text();
  if (mine !== turn) return;
  place.innerHTML = text;
  mark();
}

if (form && place) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => {}), 250);
  });
  mark();
}
