// What esbuild makes of files that are no JavaScript, and of what build.mjs defines.
declare const __VERSION__: string;
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.html" {
  const text: string;
  export default text;
}
