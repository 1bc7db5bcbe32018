"use strict";
// Filters, "open all" and links into folded cards. Without it the page still shows everything.
const STEP = 60;
const LABELS = { style: "question", tag: "scenario", persona: "simulation", outcome: "simulation" };

function matches(card, form) {
  for (const field of form.elements) {
    if (!field.name || !field.value) continue;
    const wanted = field.value;
    if (field.name === "text") {
      if (!card.textContent.toLowerCase().includes(wanted.toLowerCase())) return false;
    } else if (field.name in LABELS) {
      if (card.dataset.kind !== LABELS[field.name] || !card.dataset.labels.includes(`|${wanted}|`)) return false;
    } else if (field.name === "got") {
      if (!card.dataset.got.includes(`|${wanted}|`)) return false;
    } else if (card.dataset[field.name] !== wanted) return false;
  }
  return true;
}

for (const list of document.querySelectorAll("[data-list]")) {
  const form = list.querySelector("[data-filters]");
  if (!form) continue;
  const cards = [...list.querySelectorAll("[data-card]")];
  const more = list.querySelector("[data-more]");
  const expand = form.querySelector("[data-expand]");
  let limit = STEP;

  const draw = () => {
    let found = 0;
    for (const card of cards) {
      const good = matches(card, form);
      found += good;
      card.hidden = !good || found > limit;
    }
    form.querySelector("[data-count]").textContent = found === cards.length ? "" : `${found} of ${cards.length}`;
    more.hidden = found <= limit;
    more.textContent = `Show ${Math.min(STEP, found - limit)} more of ${found - limit}`;
  };
  form.addEventListener("input", () => { limit = STEP; draw(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => { limit += STEP; draw(); });
  expand.addEventListener("click", () => {
    const open = expand.textContent === "Open all";
    for (const card of cards) if (!card.hidden) card.open = open;
    expand.textContent = open ? "Close all" : "Open all";
  });
  addEventListener("beforeprint", () => { for (const card of cards) card.hidden = !matches(card, form); });
  addEventListener("afterprint", draw);
  draw();
}

function reveal() {
  const card = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!card) return;
  card.hidden = false;
  for (let at = card; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  card.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", reveal);
reveal();
