// What a call did, over time: its attempts, the waits between them, and the requests for a token.
import { h, svg } from "./dom.js";

const seconds = (time) => (time < 995 ? `${Math.max(1, Math.round(time))} ms` : `${(time / 1000).toFixed(1)} s`);

/** The steps of a call, in order: `{ kind, start, end, title, outcome, isGood }`. */
export function stepsOf({ requests, time }) {
  const steps = [];
  let attempt = 0;
  let end = 0;
  for (const request of requests) {
    const until = request.end ?? time;
    if (request.start - end > 30 && steps.length > 0)
      steps.push({
        kind: "wait",
        start: end,
        end: request.start,
        title: "Wait",
        outcome: seconds(request.start - end),
      });
    if (request.kind === "call") attempt += 1;
    const isGood = request.status >= 200 && request.status < 400;
    steps.push({
      kind: request.kind,
      start: request.start,
      end: until,
      title: request.kind === "token" ? "New token" : `Attempt ${attempt}`,
      outcome: `${outcomeOf(request)}, ${seconds(until - request.start)}`,
      isGood,
    });
    end = until;
  }
  return steps;
}

const outcomeOf = ({ status, error }) => {
  if (status) return String(status);
  if (!error) return "given up";
  return error.name === "AbortError" || error.name === "TimeoutError" ? "no answer in time" : "connection broken";
};

/** Drawn: a line for each step, all on one scale. */
export function timeline(result) {
  const steps = stepsOf(result);
  const whole = Math.max(result.time, 1);
  const share = (time) => `${((time / whole) * 100).toFixed(2)}%`;
  const rows = steps.map(({ kind, start, end, title, outcome, isGood }) => {
    const state = kind === "wait" ? "wait" : isGood ? kind : "failed";
    const bar = svg("rect", {
      class: `bar-${state}`,
      x: share(start),
      width: `${Math.max(0.8, ((end - start) / whole) * 100).toFixed(2)}%`,
      y: 3,
      height: 10,
      rx: kind === "wait" ? 0 : 2,
    });
    const track = svg(
      "svg",
      { class: "track", height: 16, "aria-hidden": "true" },
      svg("line", { x1: 0, x2: "100%", y1: 8, y2: 8 }),
      bar,
    );
    return h(
      "li",
      { class: state },
      h("span", { class: "title" }, title),
      track,
      h("span", { class: "outcome-of" }, outcome),
    );
  });
  return h(
    "figure",
    { class: "timeline" },
    h("figcaption", {}, h("h3", {}, "What it took"), h("span", { class: "quiet" }, `${seconds(result.time)} in all`)),
    h("ol", {}, rows),
  );
}
