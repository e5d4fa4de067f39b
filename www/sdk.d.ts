// The declarations of what sdk.js gives: those of the package.
export { Kinde, KindeError } from "../pkg/types/index.js";
