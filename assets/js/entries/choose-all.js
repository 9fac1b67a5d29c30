// A list whose lines can be ticked: one box that ticks all, and how many are ticked. Without it, one ticks each line.
const all = document.querySelector("[data-choose-all]");
const boxes = [...document.querySelectorAll('input[type="checkbox"][name="people"]')];
const bar = document.querySelector(".bulk");
const said = bar?.querySelector(".chosen");
const invitation = said?.textContent;

function tell() {
  const count = boxes.filter((box) => box.checked).length;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
  if (!said) return;
  const sentence = count === 1 ? bar.dataset.one : bar.dataset.many.replace("#", count);
  said.textContent = count === 0 ? invitation : sentence;
}

if (all && boxes.length > 0) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  tell();
}
