// Questions and polls of a room, kept up to date: the same piece of page for everybody, asked for only if it changed.
// Without this script each button loads the page anew.
const board = document.querySelector("[data-board]");
const said = board.querySelector("[data-said]");
const voted = new Set(board.dataset.voted.split(",").filter(Boolean));
const answered = new Set(board.dataset.answered.split(",").filter(Boolean));
const USUAL = 4000; // milliseconds between two looks, and up to a quarter more, so that not all come at once
const SLOWEST = 60000;
const OWN = new Set(["vote-form", "poll-form", "reaction-form"]);
let wait = USUAL;
let etag = "";
let timer;

// What is somebody's own on the shared piece: the questions they voted for, the polls they answered.
function markOwn(part) {
  for (const button of part.querySelectorAll("[form=vote-form]")) button.disabled = voted.has(button.value);
  for (const button of part.querySelectorAll("button[form=poll-form]")) {
    if (answered.has(button.value)) button.textContent = board.dataset.change;
  }
}

// One's own hand, by its mark among those that are up: what the button does next, and what came of it.
const hand = board.querySelector("[data-hand]");

let presses = 0; // of one's own: what was asked for before the last one knows nothing of it
let wasUp = hand?.querySelector("button").value === "down";

function markHand(waiting, word, isOwnPress = false) {
  if (!hand) return;
  const { raise, lower, first, later, gone, word: speaks } = hand.dataset;
  const before = waiting.indexOf(hand.dataset.hand);
  const hasWord = word === hand.dataset.hand;
  const isUp = hasWord || before >= 0;
  const button = hand.querySelector("button");
  button.value = isUp ? "down" : "up";
  button.querySelector("span").textContent = isUp ? lower : raise;
  const told = hand.querySelector("[role=status]");
  let text = "";
  if (hasWord) text = speaks;
  else if (isUp) text = before ? later.replace("{count}", before) : first;
  else if (!isOwnPress && (wasUp || told.textContent === gone)) text = gone;
  wasUp = isUp;
  if (told.textContent !== text) told.textContent = text;
}

function lookAtHands() {
  const { up, word } = board.querySelector("[data-part=hands]")?.dataset ?? {};
  markHand((up ?? "").split(" "), word);
}

// A part in which somebody is choosing stays as it is until they have chosen.
function isBusy(part) {
  return part.contains(document.activeElement) || part.querySelector(":checked") !== null;
}

function show(html, isOfNow) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const before = board.querySelectorAll("[data-part=questions] li").length;
  const spoken = board.querySelector("[data-spoken]").textContent.trim();
  let waits = false;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = board.querySelector(`[data-part=${part.dataset.part}]`);
    if (!old) continue; // a room without a chat
    if (isBusy(old)) waits = true;
    else {
      markOwn(part);
      old.replaceWith(part);
    }
  }
  if (isOfNow) lookAtHands();
  const more = board.querySelectorAll("[data-part=questions] li").length - before;
  if (more > 0) said.textContent = board.dataset.news.replace("{count}", more);
  const word = board.querySelector("[data-spoken]").textContent.trim();
  if (word && word !== spoken) said.textContent = word;
  return !waits;
}

async function look() {
  clearTimeout(timer);
  const before = presses;
  try {
    const answer = await fetch(board.dataset.board, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
    if (answer.status === 200 && show(await answer.text(), before === presses)) etag = answer.headers.get("ETag") ?? "";
    wait = answer.ok || answer.status === 304 ? USUAL : Math.min(2 * wait, SLOWEST);
  } catch {
    wait = Math.min(2 * wait, SLOWEST);
  }
  const hidden = document.visibilityState === "visible" ? 1 : 5;
  timer = setTimeout(look, wait * hidden * (1 + Math.random() / 4));
}

async function send(form, body) {
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  said.textContent = told.error ?? "";
  said.classList.toggle("visually-hidden", !told.error);
  return answer.ok;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(OWN.has(form.id) || form.matches("[data-live]"))) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  send(form, body)
    .then((done) => {
      if (!done) return;
      if (form.id === "vote-form") voted.add(body.get("question"));
      if (form.id === "poll-form") answered.add(body.get("poll"));
      etag = "";
      if (form === hand) {
        // The piece that all share is made twice a second: what was pressed is on it a second later.
        const { up } = board.querySelector("[data-part=hands]").dataset;
        presses += 1;
        markHand(body.get("do") === "up" ? [...up.split(" ").filter(Boolean), hand.dataset.hand] : [], "", true);
        clearTimeout(timer);
        timer = setTimeout(look, 1000);
        return;
      }
      form.reset();
      document.activeElement?.blur?.();
      look();
    })
    .catch(() => {
      said.textContent = board.dataset.failed;
      said.classList.remove("visually-hidden");
    });
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") look();
});
timer = setTimeout(look, USUAL * Math.random());
