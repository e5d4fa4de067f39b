//! What `wasm-pack build` makes the npm package's WebAssembly of: the exports are those of
//! `kinde-edge`.

use kinde_edge as _;
