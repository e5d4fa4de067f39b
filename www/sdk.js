// The package as it is built; whoever serves this page elsewhere says here where it is.
export { Kinde, KindeError } from "../pkg/dist/inline.js";
