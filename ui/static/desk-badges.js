// Small marks of queue, conversation and packet: priority, route, tier.
import { h } from "./dom.js";
import { label, t } from "./i18n.js";

export const URGENT = 3;

/** The badge of what cannot wait (row or packet); none for the ordinary. */
export function priorityBadge(ranked) {
  const priority = Number(ranked?.priority ?? 1);
  if (priority !== 2 && priority !== URGENT) return null;
  return h("span", { class: `bp-priority bp-priority-${priority}`, dataset: { testid: "priority" } }, t(`priority.${priority}`));
}

/** Where a rule of the operator's sends it, and to whom; none where no rule says. */
export function routeChip(routed) {
  const names = [routed?.queue, routed?.skill].filter(Boolean);
  if (!names.length) return null;
  return h("span", { class: "bp-chip bp-chip-route", title: t("packet.queue"), dataset: { testid: "route" } }, names.join(" · "));
}

/** The badge of a customer's tier; none for the ordinary one. */
export function tierBadge(customer) {
  const tier = String(customer?.tier ?? "").toLowerCase();
  if (!tier || tier === "standard") return null;
  return h("span", { class: `bp-tier bp-tier-${tier.replace(/[^a-z0-9]/g, "")}` }, label("tier", tier));
}
