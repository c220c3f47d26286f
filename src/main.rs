//! The `senim` command.

fn main() {}
