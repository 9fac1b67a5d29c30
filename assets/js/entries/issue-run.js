// Follows an issue in batch. Without this the page has a link that shows the present state.
const PAUSE = 1000;
const card = document.querySelector("[data-issue-run]");

async function look() {
  const answer = await fetch(card.dataset.issueRun, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const { percent, done, finished } = await answer.json();
  if (finished) {
    location.reload();
    return;
  }
  card.querySelector("progress").value = percent;
  card.querySelector("[data-percent]").textContent = `${percent} %`;
  card.querySelector("[data-done]").textContent = done;
  setTimeout(follow, PAUSE);
}

function follow() {
  look().catch(() => setTimeout(follow, PAUSE * 5));
}

if (card) setTimeout(follow, PAUSE);
