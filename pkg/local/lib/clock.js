// The time that local Kinde goes by: the machine's, until somebody moves it.

export class Clock {
  #ahead = 0;
  #stopped;

  /** Milliseconds since 1970. */
  now = () => this.#stopped ?? Date.now() + this.#ahead;

  /** RFC 3339. */
  text = (at = this.now()) => new Date(at).toISOString();

  /** Seconds since 1970, whole, as tokens have them. */
  seconds = () => Math.floor(this.now() / 1000);

  /** On by so many milliseconds; back if they are negative. */
  advance(milliseconds) {
    this.#moveTo(this.now() + amount(milliseconds));
  }

  /** To a time, from where it goes on. */
  set(time) {
    this.#moveTo(timeOf(time));
  }

  /** Stop it, now or at a time. */
  stop(time = this.now()) {
    this.#stopped = timeOf(time);
  }

  /** Let it go on from where it stands. */
  start() {
    const at = this.now();
    this.#stopped = undefined;
    this.#moveTo(at);
  }

  /** Back to the machine's time. */
  reset() {
    this.#stopped = undefined;
    this.#ahead = 0;
  }

  /** What the control page shows. */
  get state() {
    const ahead = Math.round(this.now() - Date.now());
    return {
      now: this.text(),
      ahead: this.#stopped === undefined ? this.#ahead : ahead,
      stopped: this.#stopped !== undefined,
    };
  }

  #moveTo(at) {
    if (this.#stopped === undefined) this.#ahead = at - Date.now();
    else this.#stopped = at;
  }
}

function amount(milliseconds) {
  if (Number.isFinite(milliseconds)) return milliseconds;
  throw new TypeError(`clock.advance: expected a number of milliseconds, got ${String(milliseconds)}`);
}

function timeOf(time) {
  const at = new Date(time).getTime();
  if (Number.isNaN(at))
    throw new TypeError("clock: expected a Date, a number of milliseconds or a text like 2030-01-31T12:00:00Z");
  return at;
}
