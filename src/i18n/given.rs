//! Values that templates hand over: askama passes fields by reference, and fields of options by two.

use jiff::civil::{Date, DateTime};

/// A small value, or a reference to one at any depth.
pub trait Given<T: Copy> {
    /// The value itself.
    fn given(&self) -> T;
}

impl Given<i64> for i64 {
    fn given(&self) -> i64 {
        *self
    }
}

impl Given<Date> for Date {
    fn given(&self) -> Date {
        *self
    }
}

impl Given<DateTime> for DateTime {
    fn given(&self) -> DateTime {
        *self
    }
}

impl<T: Copy, G: Given<T> + ?Sized> Given<T> for &G {
    fn given(&self) -> T {
        (**self).given()
    }
}
