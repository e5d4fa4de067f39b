// Chance that comes out the same each time: sfc32, with its state to keep.

export class Random {
  /** @param {number[]} [state] what an earlier one had; else it begins anew */
  constructor(state) {
    this.state = state ?? Random.startOf().state;
  }

  /** One that begins with up to three numbers: the same ones give the same. */
  static startOf(...seed) {
    const [a = 0, b = 0, c = 0] = seed;
    const random = new Random([0x9e3779b9 ^ a, 0x243f6a88 ^ b, 0xb7e15162 ^ c, 1]);
    // The first draws tell the seed.
    for (let turn = 0; turn < 16; turn++) random.bits();
    return random;
  }

  bits() {
    let [a, b, c, counter] = this.state;
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11) | 0) + sum) | 0;
    this.state.splice(0, 4, a, b, c, counter);
    return sum >>> 0;
  }

  /** From 0 to 1. */
  share = () => this.bits() / 2 ** 32;

  /** A whole number below `end`. */
  below = (end) => Math.floor(this.share() * end);

  chance = (share) => this.share() < share;

  pick = (list) => list[this.below(list.length)];

  /** Some different items of a list, in the list's order. */
  some(list, count) {
    const left = Math.min(count, list.length);
    const chosen = new Set();
    while (chosen.size < left) chosen.add(this.below(list.length));
    return list.filter((_, index) => chosen.has(index));
  }

  shuffle(list) {
    const shuffled = [...list];
    for (let end = shuffled.length; end > 1; end--) {
      const index = this.below(end);
      [shuffled[end - 1], shuffled[index]] = [shuffled[index], shuffled[end - 1]];
    }
    return shuffled;
  }

  /** So many hexadecimal digits. */
  hex(digits) {
    let text = "";
    while (text.length < digits) text += this.bits().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }

  uuid() {
    const digits = this.hex(32);
    const variant = "89ab"[this.below(4)];
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      variant + digits.slice(17, 20),
      digits.slice(20),
    ].join("-");
  }
}
