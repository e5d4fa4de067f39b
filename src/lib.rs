//! A Kinde SDK for the edge.
