// Which cards are shown, and which comes next.
"use strict";

Review.FILTERS = ["class", "status", "finding", "split", "text"];

/** Wilson's interval of a share, of which `right` of `judged` are right: its ends. All is open where nothing was judged. */
Review.wilson = (right, judged, z = 1.959963984540054) => {
  if (!judged) {
    return [0, 1];
  }
  const share = right / judged;
  const middle = share + (z * z) / (2 * judged);
  const spread = z * Math.sqrt((share * (1 - share)) / judged + (z * z) / (4 * judged * judged));
  const below = 1 + (z * z) / judged;
  return [Math.max(0, (middle - spread) / below), Math.min(1, (middle + spread) / below)];
};

/** Whether a word on a clip says that a class of it is right: true, false, or null where it does not say. */
Review.saysRight = (row, classId) => {
  if (row.class_ids) {
    return row.class_ids.split("|").includes(classId);
  }
  return row.verdict === "keep" ? true : row.verdict === "drop" ? false : null;
};

/** Cards by number, of those that filters let through, in the order in which they are listed. */
Review.filtered = (index, filters, isJudged) => {
  const { cards } = index;
  const number = (list, value) => (value ? list.indexOf(value) : null);
  const isId = index.classes.some(([id]) => id === filters.class);
  const classes = filters.class
    ? new Set(index.classes.flatMap((one, ordinal) => (one[isId ? 0 : 1] === filters.class ? [ordinal] : [])))
    : null;
  const status = number(index.statuses, filters.status);
  const finding = number(index.findings, filters.finding);
  const split = number(index.splits, filters.split);
  const text = (filters.text ?? "").toLowerCase();
  const holds = (value) => value.toLowerCase().includes(text);
  const through = [];
  for (let card = 0; card < cards.id.length; card += 1) {
    if (
      (classes === null || cards.classes[card].some((one) => classes.has(one))) &&
      (status === null || cards.status[card] === status) &&
      (finding === null || cards.findings[card].includes(finding)) &&
      (split === null || cards.split[card] === split) &&
      (!text ||
        holds(cards.id[card]) ||
        cards.captions[card].some(([, caption]) => holds(caption)) ||
        cards.classes[card].some((one) => holds(index.classes[one][1]))) &&
      !(filters.unjudged && isJudged(cards.id[card]))
    ) {
      through.push(card);
    }
  }
  return through;
};

/** For each class on cards how many clips were judged of it, and how many of these are right, by the last word on each. */
Review.tallies = (index, lastWord) => {
  const tallies = new Map();
  index.cards.classes.forEach((classes, card) => {
    const row = lastWord(index.cards.id[card]);
    for (const one of classes) {
      if (!tallies.has(one)) {
        tallies.set(one, { judged: 0, right: 0 });
      }
      const right = row ? Review.saysRight(row, index.classes[one][0]) : null;
      if (right !== null) {
        tallies.get(one).judged += 1;
        tallies.get(one).right += right ? 1 : 0;
      }
    }
  });
  return tallies;
};

/** The width of the interval of each class. */
Review.widths = (tallies) =>
  new Map([...tallies].map(([one, { right, judged }]) => {
    const [low, high] = Review.wilson(right, judged);
    return [one, high - low];
  }));

/** Of some cards the one that narrows the widest interval; of several, those that narrow most beside it, then the first. */
Review.widestNext = (index, cards, widths) => {
  let best = null;
  for (const card of cards) {
    const each = index.cards.classes[card].map((one) => widths.get(one));
    const value = [Math.max(0, ...each), each.reduce((sum, width) => sum + width, 0)];
    if (!best || value[0] > best.value[0] || (value[0] === best.value[0] && value[1] > best.value[1])) {
      best = { card, value };
    }
  }
  return best?.card ?? null;
};

/** Cards with the most doubtful first; those of which nobody doubts anything stay behind as they are listed. */
Review.doubtfulFirst = (index, cards) => {
  const doubt = (card) => index.cards.doubt?.[card] ?? -1;
  return [...cards].sort((one, other) => doubt(other) - doubt(one) || one - other);
};
