// A colour in the three notations of the service.

/** `{ link_color: { raw, hex, hsl }, … }` of an object that holds colours under these names. */
export const shades = (object, names) => Object.fromEntries(names.map((name) => [name, shade(object[name])]));

function shade(raw) {
  const long = /^#[\da-f]{3}$/i.test(raw) ? raw.replaceAll(/[\da-f]/gi, "$&$&") : raw;
  // Names and other notations are handed through: no page is drawn here.
  if (!/^#[\da-f]{6}$/i.test(long)) return { raw, hex: null, hsl: null };
  return { raw, hex: long.toLowerCase(), hsl: toHsl(long) };
}

function toHsl(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [low, high] = [Math.min(red, green, blue), Math.max(red, green, blue)];
  const [spread, light] = [high - low, (high + low) / 2];
  if (spread === 0) return `hsl(0, 0%, ${Math.round(light * 100)}%)`;
  const sector =
    high === red ? (green - blue) / spread : high === green ? (blue - red) / spread + 2 : (red - green) / spread + 4;
  const saturation = spread / (1 - Math.abs(2 * light - 1));
  return `hsl(${Math.round(((sector + 6) % 6) * 60)}, ${Math.round(saturation * 100)}%, ${Math.round(light * 100)}%)`;
}
