//! Pieces of small APIs, for the tests of the emitters.

use super::ir::{Field, Type};

/// An optional field with nothing said of it.
pub fn field(name: &str, ty: Type) -> Field {
    Field {
        name: name.to_owned(),
        required: false,
        nullable: false,
        ty,
        description: None,
        example: None,
        default: None,
        deprecated: false,
        words: Vec::new(),
        certain: false,
        argument: None,
    }
}

/// A required one.
pub fn required(name: &str, ty: Type) -> Field {
    Field {
        required: true,
        ..field(name, ty)
    }
}

/// A type by its name.
pub fn named(name: &str) -> Type {
    Type::Named(name.to_owned())
}

/// An array.
pub fn list(ty: Type) -> Type {
    Type::Array(Box::new(ty))
}
